/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets that the kernel dropped, as its program counts them: one table a CPU, and what user space tells it. */
#ifndef PKTSPOT_DROPS_H
#define PKTSPOT_DROPS_H

#include "types.h"

/* Reasons of the kernel's core; Linux 6.18 has 126. */
#define DROP_REASONS 512
/* Subsystems with reasons of their own, by the upper half of a reason's number; Linux 6.18 has 4. */
#define DROP_SUBSYSTEMS 16
/* Places for interfaces; one is at most WATCH_PROBES behind where its index leads. */
#define WATCH_PLACES 1024
#define WATCH_PROBES 8

struct drop_table {
	u64 reasons[DROP_REASONS];
	u64 subsystems[DROP_SUBSYSTEMS]; /* the first is the core, whose reasons are above */
	u64 others;                      /* numbers beyond both */
	u64 watched[WATCH_PLACES];
};

/* Interfaces whose drops are told apart, by their indexes; 0: a free place. Written by user space alone. */
struct drop_watch {
	u32 indexes[WATCH_PLACES];
};

/* What the kernel's types were like when the program was loaded, and where the process lives. */
struct drop_constants {
	u64 ignored;    /* bits of reasons below 64 that are no drops */
	u32 interfaces; /* whether the offsets are known */
	u32 skb_dev;
	u32 device_index;
	u32 device_namespace;
	u32 namespace_number;
	u32 own_namespace;
};

/* Where the search for an interface begins. */
static __always_inline u32 watch_place(u32 index, u32 probe)
{
	return (((index * 0x9e3779b1u) >> 16) + probe) % WATCH_PLACES;
}

#endif
