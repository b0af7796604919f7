/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a packet costs: one in TIMED_EVERY is timed from the counting program's beginning to the end of the chain,
 * whichever program that is in.
 */
#ifndef PKTSPOT_TIMING_H
#define PKTSPOT_TIMING_H

#include "../core/count.h"
#include "bpf.h"

/* Begins with a packet; returns 0 when it is not to be counted. */
static __always_inline int begin_run(struct table *table, u64 programs)
{
	u64 run = ++table->runs;

	if (programs & (FILTERS_SHED | ASLEEP)) {
		if (programs & ASLEEP)
			return 0;
		for (u32 i = 0; i < MATCHES / 64; i++)
			packet_of(table)->matches[i] = 0;
	}
	if (run >= table->timed_run) {
		u64 before = bpf_ktime_get_ns(), now = bpf_ktime_get_ns();

		table->timed_run = run + TIMED_EVERY;
		table->began_ns = now + (now - before); /* the clock's own time is not the run's */
	}
	return 1;
}

/* The chain ends here. */
static __always_inline void end_run(struct table *table)
{
	u64 began = table->began_ns;
	long long took;

	if (!began)
		return;
	table->began_ns = 0;
	took = (long long)(bpf_ktime_get_ns() - began);
	if (took > 0)
		table->timed_ns += took < TIMED_NS_MAX ? (u64)took : TIMED_NS_MAX;
}

#endif
