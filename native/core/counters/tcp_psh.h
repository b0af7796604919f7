/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(PSH, tcp, "TCP segments with PSH set", !!(tcp->flags & TCP_PSH))
