/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
BYTES(IP_BYTES, ip, "Bytes of IP packets by their length fields", ip->len)
