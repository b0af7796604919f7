/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Seeded 64-bit hashes for the sketches: spread, not secrecy; the seed is drawn anew at each load. */
#ifndef PKTSPOT_HASH_H
#define PKTSPOT_HASH_H

#include "types.h"

/* An IPv6 address, or an IPv4 address in its mapped form ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct address {
	u64 high;
	u64 low;
};

/* The finaliser of David Stafford's variant 13 of MurmurHash3 (public domain, 2011). */
static __always_inline u64 mix64(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static __always_inline u64 hash_address(const struct address *address, u64 seed)
{
	u64 hash = mix64(address->low ^ seed);

	return address->high ? mix64(hash ^ address->high) : hash;
}

#endif
