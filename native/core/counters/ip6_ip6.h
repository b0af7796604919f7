/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(IP6, ip6, "IPv6 packets", !ip6->malformed)
