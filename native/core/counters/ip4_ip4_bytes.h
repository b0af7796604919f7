/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
BYTES(IP4_BYTES, ip4, "Bytes of IPv4 packets by their length fields", ip4->len)
