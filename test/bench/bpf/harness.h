/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What every contender runs before it counts: the frame becomes the next one of FLOWS flows, which differ in source
 * address and port. A CPU walks the flows in an order that no prefetcher follows, half a round from its neighbour.
 */
#ifndef PKTSPOT_HARNESS_H
#define PKTSPOT_HARNESS_H

#include "../../../native/bpf/bpf.h"

#define SETTING(name, value) int (*name)[value]
#define TYPE(name, type) typeof(type) *name

#define SOURCE_ADDRESS 26
#define SOURCE_PORT 34
#define FRAME_BYTES 60

struct {
	SETTING(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	SETTING(max_entries, 1);
	TYPE(key, u32);
	TYPE(value, u32);
} turns SECTION(".maps");

/* Rewrites the frame; 0, or -1 when there is none to rewrite. */
static __always_inline int next_frame(struct xdp_md *ctx)
{
	u8 *data = (u8 *)(long)ctx->data;
	u8 *end = (u8 *)(long)ctx->data_end;
	u32 first = 0, flow;
	u32 *turn = bpf_map_lookup_elem(&turns, &first);

	if (!turn || data + FRAME_BYTES > end)
		return -1;
	/* steps of the golden ratio: every flow comes up equally often */
	flow = (u32)((u64)(u32)(++*turn * 0x9e3779b1u + (bpf_get_smp_processor_id() << 31)) * FLOWS >> 32);
	*(u32 *)(data + SOURCE_ADDRESS) = __builtin_bswap32(0x0a000000u + flow);
	*(u16 *)(data + SOURCE_PORT) = __builtin_bswap16((u16)(0x8000u | flow));
	return 0;
}

#endif
