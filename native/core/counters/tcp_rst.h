/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(RST, tcp, "TCP segments with RST set", !!(tcp->flags & TCP_RST))
