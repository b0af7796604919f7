/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(NULL_SCAN, tcp, "TCP segments without any flag", tcp->flags_known && !tcp->flags)
