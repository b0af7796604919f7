/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443). */
#ifndef PKTSPOT_TRANSPORT_H
#define PKTSPOT_TRANSPORT_H

#include "bounds.h"
#include "layers.h"

static __always_inline u64 parse_tcp(struct packet *packet, const u8 *at, const u8 *end, s32 room)
{
	struct tcp_layer *tcp = &packet->tcp;
	u32 ports = 0;

	packet->layers |= HAS_TCP;
	tcp->cut = room < 20;
	tcp->ports_known = 0;
	tcp->flags_known = 0;
	tcp->flags = 0;
	if (room >= 4 && at + 4 <= end) {
		ports = load_be32(at);
		tcp->source = (u16)(ports >> 16);
		tcp->destination = (u16)ports;
		tcp->ports_known = 1;
		packet->layers |= HAS_PORTS;
		packet->l4 = (struct l4_layer){.source = (u16)(ports >> 16), .destination = (u16)ports};
	}
	if (room >= 14 && at + 14 <= end) {
		tcp->flags = at[13];
		packet->l4.flags = at[13];
		tcp->flags_known = 1;
		packet->header_bytes = packet->offset + (at[12] >> 4) * 4;
	}
	return ports;
}

static __always_inline u64 parse_udp(struct packet *packet, const u8 *at, const u8 *end, s32 room)
{
	struct udp_layer *udp = &packet->udp;
	u32 ports = 0;

	packet->layers |= HAS_UDP;
	udp->cut = room < 8;
	udp->ports_known = 0;
	if (room >= 4 && at + 4 <= end) {
		ports = load_be32(at);
		udp->source = (u16)(ports >> 16);
		udp->destination = (u16)ports;
		udp->ports_known = 1;
		packet->layers |= HAS_PORTS;
		packet->l4 = (struct l4_layer){.source = (u16)(ports >> 16), .destination = (u16)ports};
		packet->header_bytes = packet->offset + 8;
	}
	return ports;
}

static __always_inline void parse_icmp(struct packet *packet, const u8 *at, const u8 *end, s32 room)
{
	struct icmp_layer *icmp = &packet->icmp;

	icmp->version = packet->layers & HAS_IP4 ? 4 : 6;
	packet->layers |= packet->layers & HAS_IP4 ? HAS_ICMP4 : HAS_ICMP6;
	icmp->cut = room < (icmp->version == 4 ? 8 : 4); /* RFC 792, RFC 4443 */
	icmp->type_known = 0;
	if (room >= 1 && at + 1 <= end) {
		icmp->type = at[0];
		icmp->type_known = 1;
	}
	icmp->code_known = 0;
	if (room >= 2 && at + 2 <= end) {
		icmp->code = at[1];
		icmp->code_known = 1;
	}
}

/* The transport header at `offset`; `room` bytes of it lie within both the capture and the IP length. */
static __always_inline void parse_transport(struct packet *packet, const u8 *data, const u8 *end, u64 seed)
{
	struct ip_layer *ip = &packet->ip;
	u8 protocol = ip->protocol;
	s32 room = packet->room;
	u32 offset = packet->offset;
	const u8 *at = bytes_at(data, offset);
	u64 ports = 0;

	ip->other_l4 = 0;
	if (ip->later || offset > OFFSET_MAX) {
		/* a later fragment carries no transport header */
	} else if (protocol == PROTOCOL_TCP) {
		ports = parse_tcp(packet, at, end, room);
	} else if (protocol == PROTOCOL_UDP) {
		ports = parse_udp(packet, at, end, room);
	} else if (protocol == (packet->layers & HAS_IP4 ? PROTOCOL_ICMP4 : PROTOCOL_ICMP6)) {
		parse_icmp(packet, at, end, room);
	} else {
		ip->other_l4 = 1;
	}
	ip->flow_word = ((u64)protocol << 32 | ports) * 0x9e3779b97f4a7c15ULL;
	forget_paths();
	ip->source_hash = hash_address(&ip->source, seed);
	ip->destination_hash = hash_address(&ip->destination, seed);
	ip->flow_hash =
		mix64(ip->source_hash + (ip->destination_hash << 32 | ip->destination_hash >> 32) + ip->flow_word);
}

#endif
