/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ICMP_SHORT, icmp, "ICMP packets of either family without a whole header", icmp->cut)
