/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(IP_TTL, "ip.ttl", ip, 8, "Time to live or hop limit", 1, ip->ttl)
