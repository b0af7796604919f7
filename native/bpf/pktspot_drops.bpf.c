/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counts what the kernel drops, at its tracepoint kfree_skb, which tells the reason since Linux 5.17. */
#include "bpf.h"

#include "../core/drops.h"

struct map {
	u32 type;
};
struct map drops SECTION("maps") = {BPF_MAP_TYPE_ARRAY};   /* one table a possible CPU, mapped into user space */
struct map watched SECTION("maps") = {BPF_MAP_TYPE_ARRAY}; /* one struct drop_watch, likewise */

/* Written by the loader before the map is frozen: the verifier sees constants. */
const volatile struct drop_constants constants SECTION(".rodata") = {0};

/* The compiler would leave out a bound that it knows to hold, and the verifier could not follow it. */
#define BOUNDED(number, size)                                                                    \
	({                                                                                       \
		u64 bounded_ = (number);                                                         \
		asm volatile("%[to] &= %[mask]" : [to] "+r"(bounded_) : [mask] "i"((size) - 1)); \
		bounded_;                                                                        \
	})

static __always_inline u64 *cell_of(struct drop_table *table, u32 reason)
{
	u32 subsystem = reason >> 16;

	if (reason < DROP_REASONS)
		return &table->reasons[BOUNDED(reason, DROP_REASONS)];
	if (subsystem && subsystem < DROP_SUBSYSTEMS)
		return &table->subsystems[BOUNDED(subsystem, DROP_SUBSYSTEMS)];
	return &table->others;
}

/* Reads a pointer of the kernel's; 0 when there is none. A union may have something else there: reading it fails. */
static __always_inline u64 follow(u64 base, u32 offset)
{
	u64 pointer = 0;

	if (bpf_probe_read_kernel(&pointer, sizeof(pointer), (const void *)(base + offset)))
		return 0;
	return pointer;
}

static __always_inline u32 number_at(u64 base, u32 offset)
{
	u32 number = 0;

	if (bpf_probe_read_kernel(&number, sizeof(number), (const void *)(base + offset)))
		return 0;
	return number;
}

/* An index is an interface's only within its network namespace. */
static __always_inline int is_own(u64 device)
{
	u64 namespace = follow(device, constants.device_namespace);

	return namespace && number_at(namespace, constants.namespace_number) == constants.own_namespace;
}

static __always_inline void count_interface(struct drop_table *table, u64 skb)
{
	u64 device = follow(skb, constants.skb_dev);
	u32 index = device ? number_at(device, constants.device_index) : 0;
	u32 key = 0;
	struct drop_watch *watch = bpf_map_lookup_elem(&watched, &key);

	if (!index || !watch)
		return;
#pragma unroll
	for (u32 probe = 0; probe < WATCH_PROBES; probe++) {
		u64 place = BOUNDED(watch_place(index, probe), WATCH_PLACES);

		if (watch->indexes[place] == index) {
			if (is_own(device))
				table->watched[place]++;
			return;
		}
	}
}

SECTION("raw_tp")
int count_drop(struct bpf_raw_tracepoint_args *ctx)
{
	u32 cpu = bpf_get_smp_processor_id();
	u32 reason = (u32)ctx->args[2];
	struct drop_table *table = bpf_map_lookup_elem(&drops, &cpu);

	if (!table || (reason < 64 && constants.ignored & 1ull << reason))
		return 0;
	(*cell_of(table, reason))++;
	if (constants.interfaces)
		count_interface(table, ctx->args[0]);
	return 0;
}

char program_license[] SECTION("license") = "Dual BSD/GPL";
