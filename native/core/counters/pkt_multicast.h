/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(MULTICAST, pkt, "Frames to a multicast MAC address", pkt->multicast)
