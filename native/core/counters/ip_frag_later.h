/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(FRAG_LATER, ip, "IP fragments after the first", ip->later)
