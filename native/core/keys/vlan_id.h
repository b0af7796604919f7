/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(VLAN_ID, "vlan.id", pkt, 16, "VLAN of the outermost tag", pkt->vlan, pkt->vlan & 0xfff)
