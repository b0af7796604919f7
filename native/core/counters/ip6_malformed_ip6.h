/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(MALFORMED_IP6, ip6, "Frames of the IPv6 EtherType without a whole IPv6 header", ip6->malformed)
