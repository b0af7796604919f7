/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
BYTES(IP6_BYTES, ip6, "Bytes of IPv6 packets by their length fields", ip6->len)
