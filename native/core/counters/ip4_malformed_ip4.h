/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(MALFORMED_IP4, ip4, "Frames of the IPv4 EtherType without a whole IPv4 header", ip4->malformed)
