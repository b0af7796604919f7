/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The programs of a chain run one after the other by tail calls: the counting program, then those in the slots of
 * `programs`: the user's filters in slot 0, the groups behind. A slot that is empty is passed over.
 */
#ifndef PKTSPOT_CHAIN_H
#define PKTSPOT_CHAIN_H

#include "bpf.h"

struct map {
	u32 type;
};
struct map tables SECTION("maps") = {BPF_MAP_TYPE_ARRAY}; /* one table a possible CPU, mapped into user space */
struct map programs SECTION("maps") = {BPF_MAP_TYPE_PROG_ARRAY};

/* With a constant slot of a constant array the kernel compiles a direct jump. */
#define TAIL_CALL(ctx, slot)                                                        \
	asm volatile("r1 = %[context]\n\tr2 = %[map]\n\tr3 = %[number]\n\tcall 12"  \
		     :                                                              \
		     : [context] "r"(ctx), [map] "r"(&programs), [number] "i"(slot) \
		     : "r0", "r1", "r2", "r3", "r4", "r5", "memory")

#define CHAIN_STEP(slot)                                 \
	if ((slot) >= first && present & 1ull << (slot)) \
		TAIL_CALL(ctx, slot);

/* Goes on to the next program from slot `first` on; comes back when there is none. `present` has their bits. */
static __always_inline void go_on(void *ctx, u64 present, u32 first)
{
	CHAIN_STEP(0)
	CHAIN_STEP(1)
	CHAIN_STEP(2)
	CHAIN_STEP(3)
	CHAIN_STEP(4)
	CHAIN_STEP(5)
	CHAIN_STEP(6)
	CHAIN_STEP(7)
	CHAIN_STEP(8)
	CHAIN_STEP(9)
	CHAIN_STEP(10)
	CHAIN_STEP(11)
	CHAIN_STEP(12)
	CHAIN_STEP(13)
	CHAIN_STEP(14)
	CHAIN_STEP(15)
	CHAIN_STEP(16)
}

#endif
