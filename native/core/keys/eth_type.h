/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(ETH_TYPE, "eth.type", pkt, 16, "EtherType after VLAN tags, or the length of an IEEE 802.3 frame", !pkt->malformed,
    pkt->ethertype)
