/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(IP, ip, "IP packets of either family", 1)
