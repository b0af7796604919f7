/* SPDX-License-Identifier: Apache-2.0 */
/* Filtered Space-Saving (Homem, Carvalho: Finding top-k elements in data streams, 2010) with binary keys. */
#ifndef PKTSPOT_SPACE_SAVING_H
#define PKTSPOT_SPACE_SAVING_H

#include <stddef.h>

#include "../core/types.h"

struct space_saving;

/*
 * A table of `tracked` keys of `words` u64 each. A key has `adds` cumulative cells, of which cell `rank` decides who
 * stays; a filter of eight times as many counters keeps keys seen once from pushing out the others. All memory is
 * taken here: NULL when there is none.
 */
struct space_saving *space_saving_new(u32 words, u32 adds, u32 rank, u32 tracked, u64 seed);

void space_saving_free(struct space_saving *table);

/* Adds the increments to the key's cells; `hash` is any hash of the key, the same for the same key. */
void space_saving_add(struct space_saving *table, const u64 *key, u64 hash, const u64 *adds);

/*
 * The at most `count` keys with the greatest cell `by`, falling; of ties the smaller key, comparing words in order.
 * Writes `words` and `adds` u64 a key and the bound of the ranked cell's error; returns how many.
 */
u32 space_saving_top(const struct space_saving *table, u32 count, u32 by, u64 *keys, u64 *adds, u64 *errors);

/* Forgets all keys and their counts. */
void space_saving_clear(struct space_saving *table);

/*
 * Keys in the table, how many it has room for, keys pushed out since new or clear, the most that any key's ranked cell
 * can be too high, or be without being in the table, and the bytes held.
 */
void space_saving_fill(const struct space_saving *table, u32 *tracked, u32 *room, u64 *evictions, u64 *error,
		       size_t *bytes);

#endif
