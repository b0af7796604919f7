/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ACK, tcp, "TCP segments with ACK set", !!(tcp->flags & TCP_ACK))
