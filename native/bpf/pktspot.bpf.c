/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Attach points of the counting core. Every packet goes on: XDP_PASS, TCX_NEXT. */
#include "bpf.h"

#ifndef PKTSPOT_TABLES /* a benchmark has its own maps and entry point around count_xdp_frame() */
#include "chain.h"
#endif

#include "../core/count.h"
#include "timing.h"

/* Headers that must be linear for the parser: Ethernet, tags, IPv6 with extension headers, TCP. */
#define HEADERS_BYTES 256

#ifndef PKTSPOT_TABLES
/* Written by the loader before the map is frozen: the verifier sees constants. */
const volatile struct layout layout SECTION(".rodata") = {0};
#endif

static __always_inline struct table *this_table(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&tables, &cpu);
}

static __always_inline struct layout this_layout(void)
{
	return (struct layout){.seed = layout.seed,
			       .hyperloglog_bits = layout.hyperloglog_bits,
			       .frags = layout.frags,
			       .raw = layout.raw,
			       .transmit = layout.transmit};
}

/* The coarse clock moves with the tick, so it is read once a tick: the tick itself is a load, the clock a call. */
static __always_inline void stamp(struct table *table)
{
	u64 tick = bpf_jiffies64();

	if (tick != table->tick) {
		table->tick = tick;
		table->last_ns = bpf_ktime_get_coarse_ns();
	}
}

/*
 * Asking the kernel for a frame's length costs 5 ns. A short first fragment with all of its IP packet is the whole
 * frame: drivers begin further fragments when a buffer is full, or split off the payload behind the headers.
 */
static __always_inline int may_have_fragments(const struct packet *packet, u32 linear)
{
	return linear >= 1024 || !(packet->layers & HAS_IP) || packet->network + packet->ip.len > linear;
}

/* Returns the programs that follow. */
static __always_inline u64 count_xdp_frame(struct xdp_md *ctx, struct table *table)
{
	const u8 *data = (const u8 *)(long)ctx->data;
	const u8 *end = (const u8 *)(long)ctx->data_end;
	struct layout constants = this_layout();
	struct packet *packet = packet_of(table);
	u64 programs = table->programs;
	u32 len = (u32)(end - data);

	if (!begin_run(table, programs))
		return 0;
	forget_paths();
	if (constants.raw)
		parse_raw(packet, data, end, len, constants.seed);
	else
		parse_ethernet(packet, data, end, len, 0, constants.seed);
	forget_paths();
	if (constants.frags && may_have_fragments(packet, len))
		add_unseen(packet, (u32)bpf_xdp_get_buff_len(ctx) - len);
	count_sums(table, packet, 1);
	count_distinct(table, &constants, packet);
	stamp(table);
	return programs;
}

#ifndef PKTSPOT_TABLES
SECTION("xdp")
int count_xdp(struct xdp_md *ctx)
{
	struct table *table = this_table();
	u64 present;

	if (!table)
		return XDP_PASS;
	present = count_xdp_frame(ctx, table);
	if (present)
		go_on(ctx, present, 0);
	end_run(table);
	return XDP_PASS;
}

/*
 * Generic XDP, when it has to make room in front of a frame, has the kernel forget how long the link header is: tcx
 * then begins behind it. The kernel takes the length on the wire before it uncovers the header, so that the two are
 * equal.
 */
static __always_inline long load_link_header(struct __sk_buff *skb, u8 *header)
{
	return bpf_skb_load_bytes_relative(skb, 0, header, ETHERNET_BYTES, BPF_HDR_START_MAC);
}

/*
 * Bytes of headers that each frame of a super-packet about to leave will have, those within a tunnel included: the
 * kernel adds them to the length on the wire for all frames but one (qdisc_pkt_len_init() of net/core/dev.c). 0: not
 * known.
 */
static __always_inline u32 leaving_headers(const struct __sk_buff *skb, u32 hidden_bytes)
{
	u32 segments = skb->gso_segs, added = skb->wire_len - skb->len;

	return segments > 1 ? added / (segments - 1) + hidden_bytes : 0;
}

/* Filters are written for frames that begin with their link header: without it, none matches. */
static __always_inline void skip_filters(struct packet *packet, u64 *programs)
{
	*programs &= ~1ull;
	for (u32 i = 0; i < MATCHES / 64; i++)
		packet->matches[i] = 0;
}

SECTION("tcx")
int count_tcx(struct __sk_buff *skb)
{
	u32 headers = skb->len < HEADERS_BYTES ? skb->len : HEADERS_BYTES;
	const u8 *data = (const u8 *)(long)skb->data;
	const u8 *end = (const u8 *)(long)skb->data_end;
	struct layout constants = this_layout();
	struct table *table = this_table();
	struct packet *packet;
	struct segmentation segmentation = {0};
	u64 programs;
	u8 *header;
	u16 hidden = skb->vlan_present ? VLAN_KNOWN | (skb->vlan_tci & 0xfff) : 0;

	if (!table)
		return TCX_NEXT;
	packet = packet_of(table);
	programs = table->programs;
	if (!begin_run(table, programs))
		return TCX_NEXT;
	forget_paths();
	header = (u8 *)&packet->ip; /* free until the network layer is parsed; loads on the stack must be aligned */
	if (end - data < headers) {
		bpf_skb_pull_data(skb, headers); /* pointers are void after it, whether it worked or not */
		data = (const u8 *)(long)skb->data;
		end = (const u8 *)(long)skb->data_end;
	}
	if (constants.raw)
		parse_raw(packet, data, end, (u32)(end - data), constants.seed);
	else if (constants.transmit || skb->len != skb->wire_len || load_link_header(skb, header))
		parse_ethernet(packet, data, end, (u32)(end - data), hidden, constants.seed);
	else {
		parse_behind_ethernet(packet, header, data, end, hidden, constants.seed);
		skip_filters(packet, &programs);
	}
	forget_paths();
	add_unseen(packet, skb->len - (u32)(end - data));
	segmentation.segments = skb->gso_segs;
	segmentation.segment_bytes = skb->gso_size;
	if (constants.transmit)
		segmentation.header_bytes = leaving_headers(skb, hidden ? 4 : 0);
	if (segmentation.segment_bytes)
		count_segmented(table, packet, &segmentation);
	else
		count_sums(table, packet, 1);
	count_distinct(table, &constants, packet);
	stamp(table);
	if (programs)
		go_on(skb, programs, 0);
	end_run(table);
	return TCX_NEXT;
}
#endif

char program_license[] SECTION("license") = "Dual BSD/GPL";
