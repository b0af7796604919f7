/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(TIME_EXCEEDED, icmp, "ICMP time exceeded messages of either family", icmp->type_known && icmp->type == (icmp->version == 4 ? 11 : 3))
