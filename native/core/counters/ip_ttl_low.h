/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(TTL_LOW, ip, "IP packets with a TTL or hop limit of at most 1", ip->ttl <= 1)
