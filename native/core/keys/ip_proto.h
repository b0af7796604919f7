/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(IP_PROTO, "ip.proto", ip, 8, "Protocol of the IP payload, behind extension headers", 1, ip->protocol)
