/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(XMAS, tcp, "TCP segments with FIN, PSH and URG set", (tcp->flags & (TCP_FIN | TCP_PSH | TCP_URG)) == (TCP_FIN | TCP_PSH | TCP_URG))
