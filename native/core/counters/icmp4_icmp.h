/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ICMP, icmp4, "ICMP packets over IPv4", 1)
