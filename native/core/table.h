/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory that packets are counted into: one table a CPU (or thread), the same layout in the kernel and in
 * user space. Slots are sums since the load and are never reset. Sketches have two epochs: packets fill the one
 * that `epoch` names, user space flips it and reads and clears the idle one.
 */
#ifndef PKTSPOT_TABLE_H
#define PKTSPOT_TABLE_H

#include "types.h"

#define COUNT_OF(...) (sizeof((u32[]){__VA_ARGS__}) / sizeof(u32))

enum slot {
#define SUM(name, layer, help, value) SLOT_##name,
#define BYTES(name, layer, help, value) SLOT_##name,
#define HISTOGRAM(name, layer, metric, help, value, ...) \
	SLOT_##name, SLOT_##name##_LAST = SLOT_##name + COUNT_OF(__VA_ARGS__),
#define DISTINCT(name, layer, metric, help, hash)
#define PORTS(name, layer, metric, help, known, port)
#define CLOCK(name, layer, help, value)
#include "../gen/all.h"
	SLOTS
};

enum hyperloglog {
#include "only.h"
#undef DISTINCT
#define DISTINCT(name, layer, metric, help, hash) SKETCH_##name,
#include "../gen/all.h"
	HYPERLOGLOGS
};

enum port_map {
#include "only.h"
#undef PORTS
#define PORTS(name, layer, metric, help, known, port) SKETCH_##name,
#include "../gen/all.h"
	PORT_MAPS
};

#define PORT_MAP_BYTES 8192u
#define HYPERLOGLOG_BITS_MIN 8
#define HYPERLOGLOG_BITS_MAX 14

/* Every so many packets of a CPU one is timed: a prime, so that none of a driver's batches is preferred. */
#define TIMED_EVERY 1021
/* What takes longer was interrupted: the interrupt's time is not ours. */
#define TIMED_NS_MAX 16384

/* Bits of `programs` that are none of the chain's. */
#define FILTERS_SHED (1ULL << 62)
#define ASLEEP (1ULL << 63)

/* Fixed at load: the kernel's verifier sees constants. */
struct layout {
	u64 seed;
	u32 hyperloglog_bits; /* p: 2^p registers of one byte */
	u32 frags;            /* XDP sees frames of several fragments (Linux >= 5.18) */
	u32 raw;              /* the interface has no link header */
	u32 transmit;         /* what leaves is counted, before the kernel cuts super-packets into frames */
	u32 hook;             /* where it counts: enum hook of the addon, for who finds it pinned */
	u32 reserved;
};

struct table {
	u64 epoch;   /* 0 or 1 */
	u64 last_ns; /* time of the last packet: coarse monotonic in the kernel, unix time in user space */
	u64 tick;    /* when last_ns was written, in the kernel's ticks */
	u64 slots[SLOTS];
	u64 programs;    /* bit n: program n of the chain is there, and the two above; written by user space */
	u64 runs;        /* packets that came, whether they were counted or not */
	u64 timed_run;   /* the run that is timed next */
	u64 began_ns;    /* when the run that is being timed began; 0: none is */
	u64 timed_ns;    /* that all timed runs took */
	u64 scratch[40]; /* the packet being counted: packet_of() */
	u8 sketches[];   /* epoch 0, epoch 1; in each the HyperLogLogs, then the port maps */
};

static __always_inline u32 epoch_bytes(const struct layout *layout)
{
	return ((u32)HYPERLOGLOGS << layout->hyperloglog_bits) + PORT_MAPS * PORT_MAP_BYTES;
}

/* Tables of two CPUs never share a cache line (nor the pair that prefetch fetches). */
static __always_inline u32 table_bytes(const struct layout *layout)
{
	return ((u32)sizeof(struct table) + 2 * epoch_bytes(layout) + 127u) & ~127u;
}

#endif
