/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One counter group: loaded once for each, with its spec in the instructions and maps of its own. */
#include "chain.h"

#include "../core/cache.h"
#include "timing.h"

struct map cells SECTION("maps") = {BPF_MAP_TYPE_ARRAY}; /* one block a possible CPU */
struct map keys SECTION("maps") = {BPF_MAP_TYPE_ARRAY};  /* the address of its only value */

static __always_inline void nominate(group_spec spec, void *nominator, const struct group_key *key)
{
	cache_add(spec, nominator, key);
}

static __always_inline void count_member(struct packet *packet, u32 cpu, int segmented)
{
	u8 *own = bpf_map_lookup_elem(&cells, &cpu);
	group_spec spec = 0;
	u64 tick;

	if (!own)
		return;
	tick = SPEC(ticks) ? bpf_jiffies64() : 0;
	if (segmented)
		count_group_segmented(spec, own, (const u8 *)&keys, packet, tick, own);
	else
		count_group(spec, own, (const u8 *)&keys, packet, tick, own);
}

/* The main program has parsed the packet into the CPU's table. Returns that, NULL for none. */
static __always_inline struct table *count_parsed(int segmented)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct table *table = bpf_map_lookup_elem(&tables, &cpu);
	group_spec spec = 0;

	if (table && is_member(spec, packet_of(table)))
		count_member(packet_of(table), cpu, segmented);
	return table;
}

SECTION("xdp")
int group_xdp(struct xdp_md *ctx)
{
	struct table *table = count_parsed(0);
	group_spec spec = 0;

	if (!table)
		return XDP_PASS;
	go_on(ctx, table->programs, SPEC(program) + 1);
	end_run(table);
	return XDP_PASS;
}

SECTION("tcx")
int group_tcx(struct __sk_buff *skb)
{
	struct table *table = count_parsed(1);
	group_spec spec = 0;

	if (!table)
		return TCX_NEXT;
	go_on(skb, table->programs, SPEC(program) + 1);
	end_run(table);
	return TCX_NEXT;
}

char program_license[] SECTION("license") = "Dual BSD/GPL";
