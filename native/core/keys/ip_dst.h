/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(IP_DST, "ip.dst", ip, 128, "Destination address", 1, ip->destination)
