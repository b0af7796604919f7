/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(ECE, tcp, "TCP segments with ECE set", !!(tcp->flags & TCP_ECE))
