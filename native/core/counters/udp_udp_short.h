/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(UDP_SHORT, udp, "UDP datagrams without a whole header", udp->cut)
