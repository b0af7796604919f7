/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pktspot's own XDP program, every counter and sketch of it, with maps that bpftool can create. */
#include "harness.h"

#include "../../../native/core/count.h"

#define PRECISION 14
#define EPOCH_BYTES ((HYPERLOGLOGS << PRECISION) + PORT_MAPS * PORT_MAP_BYTES)
#define TABLE_BYTES ((sizeof(struct table) + 2 * EPOCH_BYTES + 127) & ~127u)

struct {
	SETTING(type, BPF_MAP_TYPE_ARRAY);
	SETTING(max_entries, CPUS);
	SETTING(map_flags, BPF_F_MMAPABLE);
	SETTING(key_size, sizeof(u32));
	SETTING(value_size, TABLE_BYTES);
} tables SECTION(".maps");

const volatile struct layout layout SECTION(".rodata") = {.seed = 0x70616b737470, .hyperloglog_bits = PRECISION};

#define PKTSPOT_TABLES
#include "../../../native/bpf/pktspot.bpf.c"

SECTION("xdp")
int bench(struct xdp_md *ctx)
{
	struct table *table = this_table();

	if (!table || next_frame(ctx) || count_xdp_frame(ctx, table))
		return XDP_ABORTED;
	end_run(table);
	return XDP_PASS;
}
