/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(TCP_SHORT, tcp, "TCP segments without a whole header", tcp->cut)
