/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(CWR, tcp, "TCP segments with CWR set", !!(tcp->flags & TCP_CWR))
