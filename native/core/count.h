/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counts one parsed packet into a table. Each line of counters/ becomes a function that receives its own layer and
 * nothing else: a counter that reaches further does not compile.
 */
#ifndef PKTSPOT_COUNT_H
#define PKTSPOT_COUNT_H

#include "packet.h"
#include "sketch.h"
#include "table.h"

_Static_assert(sizeof(struct packet) <= sizeof(((struct table *)0)->scratch), "a packet fits the scratch");

/*
 * Where the packet being counted is parsed into. The kernel's verifier does not follow values through map memory, so
 * that the parser's paths meet again before the counters instead of multiplying with them.
 */
static __always_inline struct packet *packet_of(struct table *table)
{
	return (struct packet *)table->scratch;
}

#define VALUE(name, layer, value)                                                     \
	static __always_inline u64 value_of_##name(const struct layer##_layer *layer) \
	{                                                                             \
		(void)layer;                                                          \
		return (u64)(value);                                                  \
	}
#include "only.h"
#undef SUM
#undef BYTES
#undef HISTOGRAM
#undef DISTINCT
#undef PORTS
#define SUM(name, layer, help, value) VALUE(name, layer, value)
#define BYTES(name, layer, help, value) VALUE(name, layer, value)
#define HISTOGRAM(name, layer, metric, help, value, ...) VALUE(name, layer, value)
#define DISTINCT(name, layer, metric, help, hash) VALUE(name, layer, hash)
#define PORTS(name, layer, metric, help, known, port) VALUE(name, layer, (known) ? (port) : -1ll)
#include "../gen/all.h"
#undef VALUE

static __always_inline void histogram_add(u64 *buckets, const u32 *bounds, u32 count, u64 value, u64 weight)
{
#pragma GCC unroll 32
	for (u32 i = 0; i < count; i++) {
		if (value <= bounds[i]) {
			buckets[i] += weight;
			return;
		}
	}
	buckets[count] += weight;
}

#include "only.h"
#undef SUM
#undef BYTES
#undef HISTOGRAM
#define SUM(name, layer, help, value) table->slots[SLOT_##name] += weight * value_of_##name(layer);
#define BYTES(name, layer, help, value) SUM(name, layer, help, value)
#define HISTOGRAM(name, layer, metric, help, value, ...)                                                         \
	{                                                                                                        \
		const u32 bounds[] = {__VA_ARGS__};                                                              \
		histogram_add(table->slots + SLOT_##name, bounds, COUNT_OF(__VA_ARGS__), value_of_##name(layer), \
			      weight);                                                                           \
	}

/* Adds `weight` equal frames to the sums and histograms. */
static __always_inline void count_sums(struct table *table, const struct packet *packet, u64 weight)
{
	const struct pkt_layer *pkt = &packet->pkt;
	const struct arp_layer *arp = &packet->arp;
	const struct ip_layer *ip = &packet->ip;
	const struct ip4_layer *ip4 = &packet->ip4;
	const struct ip6_layer *ip6 = &packet->ip6;
	const struct icmp_layer *icmp = &packet->icmp, *icmp4 = icmp, *icmp6 = icmp;
	const struct tcp_layer *tcp = &packet->tcp;
	const struct udp_layer *udp = &packet->udp;

#include "../gen/pkt.h"
	if (packet->layers & HAS_ARP) {
#include "../gen/arp.h"
	}
	if (packet->layers & HAS_IP) {
#include "../gen/ip.h"
	}
	if (packet->layers & HAS_IP4) {
#include "../gen/ip4.h"
	}
	if (packet->layers & HAS_IP6) {
#include "../gen/ip6.h"
	}
	if (packet->layers & HAS_TCP) {
#include "../gen/tcp.h"
	}
	if (packet->layers & HAS_UDP) {
#include "../gen/udp.h"
	}
	if (packet->layers & HAS_ICMP4) {
#include "../gen/icmp4.h"
	}
	if (packet->layers & HAS_ICMP6) {
#include "../gen/icmp6.h"
	}
	if (packet->layers & (HAS_ICMP4 | HAS_ICMP6)) {
#include "../gen/icmp.h"
	}
}

#include "only.h"
#undef DISTINCT
#undef PORTS
#define DISTINCT(name, layer, metric, help, hash)                                                           \
	hyperloglog_add(epoch + ((u32)SKETCH_##name << layout->hyperloglog_bits), layout->hyperloglog_bits, \
			value_of_##name(layer));
#define PORTS(name, layer, metric, help, known, port)                                          \
	{                                                                                      \
		u64 number = value_of_##name(layer);                                           \
		if (number < 65536)                                                            \
			port_map_add(epoch + ((u32)HYPERLOGLOGS << layout->hyperloglog_bits) + \
					     SKETCH_##name * PORT_MAP_BYTES,                   \
				     (u16)number);                                             \
	}

/* Adds the packet's addresses, ports and flow to the sketches of the running epoch. */
static __always_inline void count_distinct(struct table *table, const struct layout *layout,
					   const struct packet *packet)
{
	u8 *epoch = table->sketches + (table->epoch & 1 ? epoch_bytes(layout) : 0);
	const struct ip_layer *ip = &packet->ip;
	const struct tcp_layer *tcp = &packet->tcp;
	const struct udp_layer *udp = &packet->udp;

	if (packet->layers & HAS_IP) {
#include "../gen/ip.h"
	}
	if (packet->layers & HAS_TCP) {
#include "../gen/tcp.h"
	}
	if (packet->layers & HAS_UDP) {
#include "../gen/udp.h"
	}
}

#include "only.h"

/* A super-packet: frames that the kernel holds as one; their headers are equal but for the lengths. */
struct segmentation {
	u32 segments;      /* 0: derived from the lengths */
	u32 segment_bytes; /* payload of each but the last */
	u32 header_bytes;  /* of each, where there are more than the outermost transport header ends; else 0 */
};

/* Frames of a super-packet are not padded: the IP packet reaches to the frame's end, whatever its length field says. */
static __always_inline void set_length(struct packet *packet, u32 len)
{
	packet->pkt.len = len;
	if (!(packet->layers & HAS_IP)) /* malformed: counts no bytes */
		return;
	packet->ip.len = len - packet->network;
	packet->ip4.len = packet->layers & HAS_IP4 ? packet->ip.len : 0;
	packet->ip6.len = packet->layers & HAS_IP6 ? packet->ip.len : 0;
}

/* Flags that only the last frame of a super-packet is counted with. */
#define LAST_FLAGS (TCP_FIN | TCP_PSH | TCP_CWR)

/*
 * Counts a super-packet as the frames that were on the wire: all but the last are full and carry neither FIN nor
 * PSH, which the kernel merges from the last one, and one alone has CWR (net/ipv4/tcp_offload.c keeps apart what else
 * differs). Leaves the layers describing the last one.
 */
static __always_inline void count_segmented(struct table *table, struct packet *packet,
					    const struct segmentation *segmentation)
{
	u32 headers = packet->header_bytes, size = segmentation->segment_bytes;
	u32 whole = packet->pkt.len, full = headers + size;
	u32 segments = segmentation->segments;
	u8 flags = packet->tcp.flags;

	if (segmentation->header_bytes > headers) {
		headers = segmentation->header_bytes;
		full = headers + size;
	}
	if (headers && whole > full) {
		u32 wanted = (whole - headers + size - 1) / size;

		if (!segments)
			segments = wanted;
		if (segments == wanted) {
			packet->frames = segments;
			packet->full_bytes = full;
			set_length(packet, full);
			packet->tcp.flags = flags & ~LAST_FLAGS;
			count_sums(table, packet, segments - 1);
			set_length(packet, whole - (segments - 1) * size);
			packet->tcp.flags = flags;
		}
	}
	count_sums(table, packet, 1);
}

#endif
