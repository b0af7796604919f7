/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(ICMP_CODE, "icmp.code", icmp, 8, "Code of ICMP or ICMPv6", icmp->code_known, icmp->code)
