/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PKTSPOT_LINK_LAYER_H
#define PKTSPOT_LINK_LAYER_H

#include "../core/packet.h"

#define LINK_ETHERNET 1
#define LINK_RAW 101

/*
 * Parses a packet whose link layer is not Ethernet (numbers: www.tcpdump.org/linktypes.html); `len` is its length on
 * the wire, `end` where the captured bytes end. With a link type that is not known it is neither ARP nor IP.
 */
void parse_link(struct packet *packet, u32 link, const u8 *data, const u8 *end, u32 len, u64 seed);

#endif
