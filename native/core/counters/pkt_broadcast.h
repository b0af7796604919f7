/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(BROADCAST, pkt, "Frames to the broadcast MAC address", pkt->broadcast)
