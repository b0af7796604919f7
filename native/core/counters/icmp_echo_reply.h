/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ECHO_REPLY, icmp, "ICMP echo replies of either family", icmp->type_known && icmp->type == (icmp->version == 4 ? 0 : 129))
