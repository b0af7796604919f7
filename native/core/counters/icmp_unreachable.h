/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(UNREACHABLE, icmp, "ICMP destination unreachable messages of either family", icmp->type_known && icmp->type == (icmp->version == 4 ? 3 : 1))
