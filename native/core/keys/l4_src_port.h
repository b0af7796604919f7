/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(L4_SRC_PORT, "l4.src_port", l4, 16, "Source port of TCP or UDP", 1, l4->source)
