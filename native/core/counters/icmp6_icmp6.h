/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ICMP6, icmp6, "ICMPv6 packets over IPv6", 1)
