/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(L4_DST_PORT, "l4.dst_port", l4, 16, "Destination port of TCP or UDP", 1, l4->destination)
