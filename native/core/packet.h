/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One parser for the kernel and user space: bytes become layers, in host order, once. */
#ifndef PKTSPOT_PACKET_H
#define PKTSPOT_PACKET_H

#include "network.h"

#define ETHERNET_BYTES 14
#define VLAN_TAGS_MAX 8

static __always_inline int is_vlan(u16 ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

/* Steps over the VLAN tag at `offset`. */
static __always_inline int skip_tag(struct packet *packet, const u8 *data, const u8 *end)
{
	u32 offset = packet->offset;
	const u8 *at = bytes_at(data, offset);

	if (!is_vlan(packet->pkt.ethertype) || packet->pkt.tags >= VLAN_TAGS_MAX || offset > OFFSET_MAX)
		return 0;
	packet->pkt.tags++;
	if (at + 4 > end) {
		packet->pkt.malformed = 1;
		return 0;
	}
	if (packet->pkt.tags == 1)
		packet->pkt.vlan = VLAN_KNOWN | (load_be16(at) & 0xfff);
	packet->pkt.ethertype = load_be16(at + 2);
	packet->offset = offset + 4;
	forget_paths();
	return 1;
}

/* From an EtherType on, whose payload begins `offset` bytes into the frame: VLAN tags, then the network layer. */
static __always_inline void parse_ethertype(struct packet *packet, const u8 *data, const u8 *end, u16 ethertype,
					    u32 offset, u64 seed)
{
	packet->pkt.ethertype = ethertype;
	packet->offset = offset;
#pragma GCC unroll 1
	for (int depth = 0; depth < VLAN_TAGS_MAX; depth++) {
		if (!skip_tag(packet, data, end))
			break;
	}
	parse_network(packet, data, end, seed);
}

static __always_inline void begin_packet(struct packet *packet, u32 len)
{
	packet->layers = 0;
	packet->header_bytes = 0;
	packet->frames = 1;
	packet->pkt = (struct pkt_layer){.len = len};
}

/* A frame too short for its link header. */
static __always_inline void parse_runt(struct packet *packet)
{
	packet->pkt.malformed = 1;
	packet->pkt.other_l3 = 1;
}

static __always_inline void take_link_header(struct packet *packet, const u8 *header)
{
	packet->layers = HAS_ETH;
	packet->eth.destination = LOAD(u64, header);
	packet->eth.source = LOAD(u64, header + 4);
	packet->pkt.broadcast = load_be32(header) == 0xffffffff && load_be16(header + 4) == 0xffff;
	packet->pkt.multicast = header[0] & 1 & !packet->pkt.broadcast;
}

/*
 * An Ethernet frame; `len` is its length as it is held, `end` where the captured bytes end, `hidden` the VLAN tag
 * (VLAN_KNOWN and its VLAN; 0: none) that the kernel holds beside the frame though it was on the wire.
 */
static __always_inline void parse_ethernet(struct packet *packet, const u8 *data, const u8 *end, u32 len, u16 hidden,
					   u64 seed)
{
	u32 hidden_bytes = hidden ? 4 : 0;

	begin_packet(packet, len + hidden_bytes);
	packet->pkt.tags = hidden != 0;
	packet->pkt.vlan = hidden;
	if (data + ETHERNET_BYTES > end) {
		parse_runt(packet);
		return;
	}
	take_link_header(packet, data);
	parse_ethertype(packet, data, end, load_be16(data + 12), ETHERNET_BYTES, seed);
	packet->network += hidden_bytes;
	if (packet->header_bytes)
		packet->header_bytes += hidden_bytes;
}

/* An Ethernet frame whose header lies apart, at `header`; what follows it begins at `data`. */
static __always_inline void parse_behind_ethernet(struct packet *packet, const u8 *header, const u8 *data,
						  const u8 *end, u16 hidden, u64 seed)
{
	u32 before = ETHERNET_BYTES + (hidden ? 4 : 0);

	begin_packet(packet, (u32)(end - data) + before);
	packet->pkt.tags = hidden != 0;
	packet->pkt.vlan = hidden;
	take_link_header(packet, header);
	parse_ethertype(packet, data, end, load_be16(header + 12), 0, seed);
	packet->network += before;
	if (packet->header_bytes)
		packet->header_bytes += before;
}

/* Takes in the bytes of a frame that the kernel holds but did not show to the parser. */
static __always_inline void add_unseen(struct packet *packet, u32 bytes)
{
	packet->pkt.len += bytes;
	if (packet->layers & HAS_IP && packet->ip.unsized) {
		packet->ip.len += bytes;
		packet->ip4.len += bytes;
	}
}

/* A packet without a link header (tun, WireGuard, DLT_RAW): the version nibble tells the family. */
static __always_inline void parse_raw(struct packet *packet, const u8 *data, const u8 *end, u32 len, u64 seed)
{
	u8 version;

	begin_packet(packet, len);
	if (data + 1 > end) {
		parse_runt(packet);
		return;
	}
	version = data[0] >> 4;
	parse_ethertype(packet, data, end, version == 4 ? ETHERTYPE_IP4 : version == 6 ? ETHERTYPE_IP6 : 0, 0, seed);
}

#endif
