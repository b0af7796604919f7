/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(ICMP_TYPE, "icmp.type", icmp, 8, "Type of ICMP or ICMPv6", icmp->type_known, icmp->type)
