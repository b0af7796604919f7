/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(URG, tcp, "TCP segments with URG set", !!(tcp->flags & TCP_URG))
