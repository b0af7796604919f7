/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(OTHER_L3, pkt, "Frames that are neither ARP, IPv4 nor IPv6", pkt->other_l3)
