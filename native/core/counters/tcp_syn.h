/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(SYN, tcp, "TCP segments with SYN set", !!(tcp->flags & TCP_SYN))
