/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Candidates for promotion on the packet path: a set-associative cache with random admission (Ben Basat et al.,
 * "Randomized admission policy for efficient top-k, frequency, and volume estimation", 2017). A newcomer to a full set
 * takes the place of its smallest key with probability w / (min + w) and inherits its count as error, so that in a
 * flood of keys seen once next to none comes in, and looking costs one cache line.
 */
#ifndef PKTSPOT_CACHE_H
#define PKTSPOT_CACHE_H

#include "group.h"

static __always_inline u64 *cache_body(group_spec spec, struct cache_set *set, u64 way)
{
	return (u64 *)((u8 *)(set + 1) + way * SPEC(body_bytes));
}

/* Whether a chance of one in (least + weight) / weight comes true. */
static __always_inline int is_admitted(struct group_head *head, u64 least, u64 weight)
{
	u64 draw, whole = least + weight;

	/* Knuth's MMIX generator; its high bits are good */
	draw = (head->random = head->random * 6364136223846793005ULL + 1442695040888963407ULL) >> 32;
	if (whole >> 32)
		return draw % (whole >> 16) < weight >> 16;
	return draw * whole < weight << 32;
}

static __always_inline void cache_add(group_spec spec, u8 *cells, const struct group_key *key)
{
	struct group_head *head = (struct group_head *)cells;
	u64 at = key->hash & (SPEC(sets) - 1), weight = 0, way, least, other;
	u32 tag = tag_of(key->hash), known;
	struct cache_set *set;
	u64 *body;

	pin(at);
	set = (struct cache_set *)(cells + SPEC(cache_at) + at * SPEC(set_bytes));
#pragma GCC unroll 8
	for (u32 i = 0; i < ADDS_MAX; i++)
		if (i < SPEC(adds) && i == SPEC(rank))
			weight = key->adds[i];
	known = 1;
	if (set->tags[0] == tag)
		way = 0;
	else if (set->tags[1] == tag)
		way = 1;
	else if (set->tags[2] == tag)
		way = 2;
	else if (set->tags[3] == tag)
		way = 3;
	else
		known = 0;
	if (!known) {
		/* the smallest without a branch that a flood would make the CPU mispredict */
		least = set->ranks[0] << 2;
#pragma GCC unroll 3
		for (u32 i = 1; i < CACHE_WAYS; i++) {
			other = set->ranks[i] << 2 | i;
			other -= least;
			least += other & (u64)((long long)other >> 63);
			pin(least);
		}
		way = least & 3;
		least >>= 2;
		if (!is_admitted(head, least, weight))
			return;
		way &= CACHE_WAYS - 1;
		pin(way);
		head->evictions += set->tags[way] != 0;
		body = cache_body(spec, set, way);
		body[0] = least;
#pragma GCC unroll 8
		for (u32 i = 0; i < ADDS_MAX; i++)
			if (i < SPEC(adds))
				body[1 + i] = 0;
#pragma GCC unroll 5
		for (u32 i = 0; i < KEY_WORDS_MAX; i++)
			if (i < SPEC(words))
				body[1 + SPEC(adds) + i] = key->words[i];
		set->tags[way] = tag;
	}
	way &= CACHE_WAYS - 1;
	pin(way);
	set->ranks[way] += weight;
	body = cache_body(spec, set, way) + 1;
#pragma GCC unroll 8
	for (u32 i = 0; i < ADDS_MAX; i++)
		if (i < SPEC(adds) && i != SPEC(rank))
			body[i] += key->adds[i];
}

#endif
