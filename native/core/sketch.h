/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Distinct counting on the packet path: HyperLogLog registers (Flajolet et al., 2007) and exact port maps. */
#ifndef PKTSPOT_SKETCH_H
#define PKTSPOT_SKETCH_H

#include "table.h"

/* Position of the highest bit set, from 1; 0 for 0. BPF has no instruction for it. */
static __always_inline u32 bit_length(u64 x)
{
	u32 length = 0;

#define STEP(bits)              \
	if (x >> bits) {        \
		length += bits; \
		x >>= bits;     \
	}
	STEP(32)
	STEP(16)
	STEP(8)
	STEP(4)
	STEP(2)
	STEP(1)
#undef STEP
	return length + (x != 0);
}

/*
 * The first p bits of the hash choose a register; it keeps the largest rank (zeros in front of the rest, plus one).
 * A rank above the register's r means that the rest is below 2^(rest bits - r): nearly always the test alone is run.
 */
static __always_inline void hyperloglog_add(u8 *registers, u32 bits, u64 hash)
{
	u32 rest_bits = 64 - bits;
	u8 *slot = registers + (hash >> rest_bits);
	u64 rest = hash << bits >> bits;

	if (rest >> ((rest_bits - *slot) & 63) == 0)
		*slot = (u8)(rest_bits - bit_length(rest) + 1);
}

static __always_inline void port_map_add(u8 *map, u16 port)
{
	u8 *byte = map + (port >> 3);
	u8 bit = (u8)(1 << (port & 7));

	if (!(*byte & bit))
		*byte |= bit;
}

#endif
