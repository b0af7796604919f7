/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Runs in front of a program that was loaded elsewhere: the frame becomes the next flow's, then a tail call. */
#include "harness.h"

struct {
	SETTING(type, BPF_MAP_TYPE_PROG_ARRAY);
	SETTING(max_entries, 1);
	SETTING(key_size, sizeof(u32));
	SETTING(value_size, sizeof(u32));
} next SECTION(".maps");

static long (*const bpf_tail_call)(void *ctx, void *map, u32 index) = (void *)BPF_FUNC_tail_call;

SECTION("xdp")
int bench(struct xdp_md *ctx)
{
	if (next_frame(ctx))
		return XDP_ABORTED;
	bpf_tail_call(ctx, &next, 0);
	return XDP_PASS;
}

char program_license[] SECTION("license") = "Dual BSD/GPL";
