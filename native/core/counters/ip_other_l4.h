/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(OTHER_L4, ip, "IP packets that are neither TCP, UDP nor ICMP of their family", ip->other_l4)
