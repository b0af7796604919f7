/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(ETH_SRC, "eth.src", eth, 48, "Source MAC address", 1, load_be64((const u8 *)&eth->source) & 0xffffffffffffULL)
