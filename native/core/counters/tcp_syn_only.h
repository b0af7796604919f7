/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(SYN_ONLY, tcp, "TCP segments with SYN and without ACK", (tcp->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
