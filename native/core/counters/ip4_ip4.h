/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(IP4, ip4, "IPv4 packets", !ip4->malformed)
