/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IPv4 (RFC 791) and IPv6 (RFC 8200): the outermost header only. */
#ifndef PKTSPOT_NETWORK_H
#define PKTSPOT_NETWORK_H

#include "transport.h"

#define EXTENSION_HEADERS_MAX 8

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IP6 0x86dd

static __always_inline s32 smaller(s32 a, s32 b)
{
	return a < b ? a : b;
}

static __always_inline void parse_ip4(struct packet *packet, const u8 *at, const u8 *end)
{
	struct ip_layer *ip = &packet->ip;
	s32 captured = (s32)(end - at);
	u32 header;
	u16 fragment;

	packet->layers |= HAS_IP4;
	packet->ip4.malformed = 1;
	packet->ip4.len = 0;
	packet->pkt.other_l3 = 1;
	if (at + 20 > end || at[0] >> 4 != 4)
		return;
	header = (at[0] & 15) * 4u;
	if (header < 20 || captured < (s32)header)
		return;
	packet->ip4.malformed = 0;
	packet->pkt.other_l3 = 0;
	packet->pkt.version = 4;
	packet->layers |= HAS_IP;
	ip->len = load_be16(at + 2);
	ip->unsized = !ip->len; /* segmentation offload leaves the field empty */
	if (ip->unsized)
		ip->len = (u32)captured;
	packet->ip4.len = ip->len;
	fragment = load_be16(at + 6);
	ip->fragment = (fragment & 0x3fff) != 0;
	ip->later = (fragment & 0x1fff) != 0;
	ip->ttl = at[8];
	ip->protocol = at[9];
	ip->source.high = 0;
	ip->source.low = 0xffff00000000ULL | load_be32(at + 12);
	ip->destination.high = 0;
	ip->destination.low = 0xffff00000000ULL | load_be32(at + 16);
	packet->room = smaller(captured, (s32)ip->len) - (s32)header;
	packet->offset += header;
}

static __always_inline int is_extension_header(u8 next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60 || next == 135 || next == 139 ||
	       next == 140;
}

/* Steps over the extension header at `offset`, if there is one and it is wholly within bounds. */
static __always_inline int skip_extension(struct packet *packet, const u8 *data, const u8 *end)
{
	struct ip_layer *ip = &packet->ip;
	u32 offset = packet->offset;
	const u8 *at = bytes_at(data, offset);
	u8 next = ip->protocol;
	u32 bytes;

	if (!is_extension_header(next) || packet->room < 8 || offset > OFFSET_MAX || at + 8 > end)
		return 0;
	bytes = (at[1] + 1u) * 8;
	if (next == 51)
		bytes = (at[1] + 2u) * 4;
	if (next == 44) {
		u16 fragment = load_be16(at + 2);

		bytes = 8;
		ip->fragment |= (fragment & 0xfff9) != 0;
		ip->later = (fragment & 0xfff8) != 0;
	}
	ip->protocol = at[0];
	packet->offset = offset + bytes;
	packet->room -= (s32)bytes;
	forget_paths();
	return !ip->later;
}

static __always_inline void parse_ip6(struct packet *packet, const u8 *data, const u8 *at, const u8 *end)
{
	struct ip_layer *ip = &packet->ip;
	s32 captured = (s32)(end - at);
	u32 payload;

	packet->layers |= HAS_IP6;
	packet->ip6.malformed = 1;
	packet->ip6.len = 0;
	packet->pkt.other_l3 = 1;
	if (at + 40 > end || at[0] >> 4 != 6)
		return;
	packet->ip6.malformed = 0;
	packet->pkt.other_l3 = 0;
	packet->pkt.version = 6;
	packet->layers |= HAS_IP;
	payload = load_be16(at + 4);
	ip->len = 40 + payload;
	ip->unsized = 0;
	packet->ip6.len = ip->len;
	ip->fragment = 0;
	ip->later = 0;
	ip->protocol = at[6];
	ip->ttl = at[7];
	ip->source.high = load_be64(at + 8);
	ip->source.low = load_be64(at + 16);
	ip->destination.high = load_be64(at + 24);
	ip->destination.low = load_be64(at + 32);
	/* an empty length field is a jumbogram or a segmentation offload: the capture is the limit */
	packet->room = payload ? smaller(captured - 40, (s32)payload) : captured - 40;
	packet->offset += 40;
	forget_paths();
#pragma GCC unroll 1
	for (int depth = 0; depth < EXTENSION_HEADERS_MAX; depth++) {
		if (!skip_extension(packet, data, end))
			break;
	}
}

/* The network header at `offset`, of the type that the link layer named. */
static __always_inline void parse_network(struct packet *packet, const u8 *data, const u8 *end, u64 seed)
{
	u16 ethertype = packet->pkt.ethertype;
	u32 offset = packet->offset;
	const u8 *at = bytes_at(data, offset);

	packet->network = offset;
	if (ethertype == ETHERTYPE_ARP)
		packet->layers |= HAS_ARP;
	else if (ethertype == ETHERTYPE_IP4 && offset <= OFFSET_MAX)
		parse_ip4(packet, at, end);
	else if (ethertype == ETHERTYPE_IP6 && offset <= OFFSET_MAX)
		parse_ip6(packet, data, at, end);
	else
		packet->pkt.other_l3 = 1;
	forget_paths();
	if (packet->layers & HAS_IP)
		parse_transport(packet, data, end, seed);
}

#endif
