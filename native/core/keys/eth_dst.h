/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(ETH_DST, "eth.dst", eth, 48, "Destination MAC address", 1, load_be64((const u8 *)&eth->destination) >> 16)
