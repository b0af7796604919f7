/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(IP_SRC, "ip.src", ip, 128, "Source address", 1, ip->source)
