/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(FIN, tcp, "TCP segments with FIN set", !!(tcp->flags & TCP_FIN))
