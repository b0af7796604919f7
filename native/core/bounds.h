/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How packet bytes are reached so that the kernel's verifier can follow. */
#ifndef PKTSPOT_BOUNDS_H
#define PKTSPOT_BOUNDS_H

#include "types.h"

/*
 * What lies between the stages of the parser is written to the packet and read back. The kernel's verifier knows
 * nothing of values in map memory, so that the paths of one stage meet before the next instead of multiplying with it.
 */
#define forget_paths() asm volatile("" ::: "memory")

/* Offsets stay below the verifier's bound on packet pointers (64 KiB). */
#define OFFSET_MAX 0x7fff

/*
 * The empty instructions hide the masking from the compiler, which would prove it needless, and the sum, which it would
 * form anew for each use: the verifier bounds a pointer by the very register that was compared with the packet's end.
 */
static __always_inline const u8 *bytes_at(const u8 *data, u32 offset)
{
	u64 bounded = offset;
	const u8 *at;

	asm volatile("" : "+r"(bounded));
	at = data + (bounded & OFFSET_MAX);
	asm volatile("" : "+r"(at));
	return at;
}

#endif
