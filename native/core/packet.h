/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One parser for the kernel and user space: bytes become layers, in host order, once.
 * `layers` says which are there; the others hold what an earlier packet left and are never read.
 */
#ifndef PKTSPOT_PACKET_H
#define PKTSPOT_PACKET_H

#include "hash.h"
#include "types.h"

#define ETHERNET_BYTES 14
#define VLAN_TAGS_MAX 8
#define EXTENSION_HEADERS_MAX 8

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IP6 0x86dd

#define PROTOCOL_ICMP4 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMP6 58

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20
#define TCP_ECE 0x40
#define TCP_CWR 0x80

enum layers {
	HAS_ARP = 1 << 0,
	HAS_IP = 1 << 1,
	HAS_IP4 = 1 << 2, /* well-formed or not */
	HAS_IP6 = 1 << 3,
	HAS_ICMP4 = 1 << 4,
	HAS_ICMP6 = 1 << 5,
	HAS_TCP = 1 << 6,
	HAS_UDP = 1 << 7,
};

struct pkt_layer {
	u32 len; /* bytes on the wire without FCS */
	u8 tags; /* VLAN tags */
	u8 broadcast;
	u8 multicast;
	u8 malformed; /* shorter than its link header */
	u8 other_l3;  /* neither ARP, IPv4 nor IPv6 */
};

struct arp_layer {}; /* ARP counts by EtherType, whatever its content */

struct ip_layer {
	struct address source;
	struct address destination;
	u64 source_hash;
	u64 destination_hash;
	u64 flow_word; /* protocol and ports, spread */
	u64 flow_hash; /* directional 5-tuple */
	u32 len;
	u8 unsized; /* the header says no length: all that is held */
	u8 ttl;     /* or hop limit */
	u8 protocol;
	u8 fragment;
	u8 later; /* a fragment after the first: no transport header */
	u8 other_l4;
};

struct ip4_layer {
	u32 len;
	u8 malformed;
};

struct ip6_layer {
	u32 len;
	u8 malformed;
};

struct icmp_layer {
	u8 version;
	u8 type_known;
	u8 type;
	u8 cut;
};

#define icmp4_layer icmp_layer
#define icmp6_layer icmp_layer

struct tcp_layer {
	u16 source;
	u16 destination;
	u8 ports_known;
	u8 flags_known;
	u8 flags;
	u8 cut;
};

struct udp_layer {
	u16 source;
	u16 destination;
	u8 ports_known;
	u8 cut;
};

struct packet {
	u32 layers;
	u32 header_bytes; /* frame start to the end of the TCP or UDP header; 0 when unknown */
	u32 offset;       /* of the header to be parsed next, from the frame's start */
	u32 network;      /* offset of the network header on the wire */
	s32 room;         /* bytes from there to the end of the capture or of the IP packet */
	u16 ethertype;    /* after VLAN tags */
	struct pkt_layer pkt;
	struct arp_layer arp;
	struct ip_layer ip;
	struct ip4_layer ip4;
	struct ip6_layer ip6;
	struct icmp_layer icmp;
	struct tcp_layer tcp;
	struct udp_layer udp;
};

/*
 * What lies between the stages of the parser is written to the packet and read back. The kernel's verifier knows
 * nothing of values in map memory, so that the paths of one stage meet before the next instead of multiplying with it.
 */
#define forget_paths() asm volatile("" ::: "memory")

/* Offsets stay below the verifier's bound on packet pointers (64 KiB). */
#define OFFSET_MAX 0x7fff

/*
 * The empty instructions hide the masking from the compiler, which would prove it needless, and the sum, which it would
 * form anew for each use: the verifier bounds a pointer by the very register that was compared with the packet's end.
 */
static __always_inline const u8 *bytes_at(const u8 *data, u32 offset)
{
	u64 bounded = offset;
	const u8 *at;

	asm volatile("" : "+r"(bounded));
	at = data + (bounded & OFFSET_MAX);
	asm volatile("" : "+r"(at));
	return at;
}

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
	}
	if (room >= 14 && at + 14 <= end) {
		tcp->flags = at[13];
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
	u16 ethertype = packet->ethertype;
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

static __always_inline int is_vlan(u16 ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

/* Steps over the VLAN tag at `offset`. */
static __always_inline int skip_tag(struct packet *packet, const u8 *data, const u8 *end)
{
	u32 offset = packet->offset;
	const u8 *at = bytes_at(data, offset);

	if (!is_vlan(packet->ethertype) || packet->pkt.tags >= VLAN_TAGS_MAX || offset > OFFSET_MAX)
		return 0;
	packet->pkt.tags++;
	if (at + 4 > end) {
		packet->pkt.malformed = 1;
		return 0;
	}
	packet->ethertype = load_be16(at + 2);
	packet->offset = offset + 4;
	forget_paths();
	return 1;
}

/* From an EtherType on, whose payload begins `offset` bytes into the frame: VLAN tags, then the network layer. */
static __always_inline void parse_ethertype(struct packet *packet, const u8 *data, const u8 *end, u16 ethertype,
					    u32 offset, u64 seed)
{
	packet->ethertype = ethertype;
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
	packet->pkt = (struct pkt_layer){.len = len};
}

/* A frame too short for its link header. */
static __always_inline void parse_runt(struct packet *packet)
{
	packet->pkt.malformed = 1;
	packet->pkt.other_l3 = 1;
}

/*
 * An Ethernet frame; `len` is its length as it is held, `end` where the captured bytes end, `hidden` the VLAN tags (0
 * or 1) that the kernel holds beside the frame though they were on the wire.
 */
static __always_inline void parse_ethernet(struct packet *packet, const u8 *data, const u8 *end, u32 len, u8 hidden,
					   u64 seed)
{
	begin_packet(packet, len + 4u * hidden);
	packet->pkt.tags = hidden;
	if (data + ETHERNET_BYTES > end) {
		parse_runt(packet);
		return;
	}
	packet->pkt.broadcast = load_be32(data) == 0xffffffff && load_be16(data + 4) == 0xffff;
	packet->pkt.multicast = data[0] & 1 & !packet->pkt.broadcast;
	parse_ethertype(packet, data, end, load_be16(data + 12), ETHERNET_BYTES, seed);
	packet->network += 4u * hidden;
	if (packet->header_bytes)
		packet->header_bytes += 4u * hidden;
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
