/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(VLAN, pkt, "Frames with a VLAN tag", pkt->tags != 0)
