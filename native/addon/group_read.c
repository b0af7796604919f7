/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and steering a group from outside the packet path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../core/group_key.h"
#include "counting.h"
#include "groups.h"

static u8 *cells_of(const struct group *group, u32 table)
{
	return group->cells + (size_t)table * group->spec.cells_bytes;
}

static struct group_head *head_of(const struct group *group, u32 table)
{
	return (struct group_head *)cells_of(group, table);
}

void group_look(const struct group *group, u64 *sums)
{
	u32 count = (1 + group->spec.slots) * group->spec.adds;

	memset(sums, 0, count * sizeof(*sums));
	for (u32 table = 0; table < group->tables; table++) {
		const u64 *rows = (const u64 *)(cells_of(group, table) + sizeof(struct group_head));

		for (u32 i = 0; i < count; i++)
			sums[i] += __atomic_load_n(&rows[i], __ATOMIC_RELAXED);
	}
}

static u64 *extremes_of(const struct group *group, u32 table, u32 epoch)
{
	return (u64 *)(cells_of(group, table) + group->spec.extremes_at + epoch * group->spec.extremes_bytes);
}

static u8 *sketches_of(const struct group *group, u32 table, u32 epoch)
{
	return cells_of(group, table) + group->spec.sketches_at + epoch * group->spec.sketches_bytes;
}

/*
 * The idle epoch is cleared only now, before it is filled: what a packet under way at the last cut still added to it
 * goes with it, and no cut has to wait for the CPUs.
 */
static u32 flip(struct group *group)
{
	u32 running = head_of(group, 0)->epoch & 1;

	for (u32 table = 0; table < group->tables; table++) {
		memset(extremes_of(group, table, !running), 0, group->spec.extremes_bytes);
		memset(sketches_of(group, table, !running), 0, group->spec.sketches_bytes);
		__atomic_store_n(&head_of(group, table)->epoch, !running, __ATOMIC_RELEASE);
	}
	return running;
}

static double decoded(u32 keep, u64 code)
{
	if (!code)
		return NAN;
	return keep == KEEP_MAX ? code - 1 : keep == KEEP_MIN ? 0x100000000ULL - code : (code - 1) & 0xffff;
}

static double merged_estimate(const struct group *group, u32 epoch, u32 index)
{
	u32 bits = group->spec.unique_bits, bytes = 1u << bits;
	u8 merged[1 << HYPERLOGLOG_BITS_MAX] = {0};

	for (u32 table = 0; table < group->tables; table++) {
		const u8 *own = sketches_of(group, table, epoch) + (index << bits);

		for (u32 i = 0; i < bytes; i++)
			if (own[i] > merged[i])
				merged[i] = own[i];
	}
	return estimate_hyperloglog(merged, bits);
}

void group_cut(struct group *group, double *extremes, double *uniques)
{
	const struct group_spec *spec = &group->spec;
	u32 epoch = flip(group);

	for (u32 i = 0; i < spec->slots * spec->extremes; i++) {
		u64 code = 0;

		for (u32 table = 0; table < group->tables; table++) {
			u64 own = extremes_of(group, table, epoch)[i];

			if (own > code)
				code = own;
		}
		extremes[i] = decoded(spec->keep[i % spec->extremes], code);
	}
	for (u32 i = 0; i < spec->slots * spec->uniques; i++)
		uniques[i] = merged_estimate(group, epoch, i);
}

static u64 *slot_words(const struct group *group, u32 slot)
{
	return (u64 *)(group->keys + group->spec.words_at) + (size_t)slot * group->spec.words;
}

static u64 *bucket_of(const struct group *group, u64 hash)
{
	return (u64 *)(group->keys + group->spec.index_at) + (hash & (group->spec.buckets - 1)) * BUCKET_WAYS;
}

static u32 *direct_index(const struct group *group)
{
	return (u32 *)(group->keys + group->spec.index_at);
}

int is_promoted(const struct group *group, const u64 *words)
{
	struct group_key key;

	memcpy(key.words, words, group->spec.words * sizeof(*words));
	if (!group->spec.buckets)
		return row_of_direct(&group->spec, group->keys, words[0]) != 0;
	key.hash = hash_words(&group->spec, words);
	return row_of_hashed(&group->spec, group->keys, &key) != 0;
}

/* Packets may look for the key meanwhile: its words are there before its entry. */
int group_promote(struct group *group, u32 slot, const u64 *words)
{
	u64 hash, entry, *bucket;

	memcpy(slot_words(group, slot), words, group->spec.words * sizeof(*words));
	if (!group->spec.buckets) {
		__atomic_store_n(&direct_index(group)[words[0] & (CLASSES - 1)], slot + 1, __ATOMIC_RELEASE);
		return 0;
	}
	hash = hash_words(&group->spec, words);
	bucket = bucket_of(group, hash);
	entry = (u64)slot << 32 | tag_of(hash);
	for (u32 i = 0; i < BUCKET_WAYS; i++)
		if (bucket[i] == entry) /* from before a restart */
			return 0;
	for (u32 i = 0; i < BUCKET_WAYS; i++) {
		if (bucket[i] > ENTRY_LEFT)
			continue;
		__atomic_store_n(&bucket[i], entry, __ATOMIC_RELEASE);
		return 0;
	}
	return -1;
}

void group_demote(struct group *group, u32 slot)
{
	const u64 *words = slot_words(group, slot);
	u64 *bucket;

	if (!group->spec.buckets) {
		u32 *row = &direct_index(group)[words[0] & (CLASSES - 1)];

		if (*row == slot + 1)
			__atomic_store_n(row, 0, __ATOMIC_RELEASE);
		return;
	}
	bucket = bucket_of(group, hash_words(&group->spec, words));
	for (u32 i = 0; i < BUCKET_WAYS; i++)
		if (bucket[i] > ENTRY_LEFT && bucket[i] >> 32 == slot)
			__atomic_store_n(&bucket[i], ENTRY_LEFT, __ATOMIC_RELEASE);
	/* entries that nothing follows end the bucket */
	for (u32 i = BUCKET_WAYS; i-- > 0 && bucket[i] <= ENTRY_LEFT;)
		__atomic_store_n(&bucket[i], 0, __ATOMIC_RELEASE);
}

/* Promoted keys may be among the first: as many more are asked for. */
static int saved_candidates(const struct group *group, u32 count, u32 by, u64 *words, u64 *adds, u64 *errors)
{
	u32 most = count + group->spec.slots, key_words = group->spec.words, cells = group->spec.adds, kept = 0, found;
	u64 *all = malloc((size_t)most * (key_words + cells + 1) * sizeof(*all));
	u64 *all_adds = all + (size_t)most * key_words, *all_errors = all_adds + (size_t)most * cells;

	if (!all)
		return -1;
	found = space_saving_top(group->saving, most, by, all, all_adds, all_errors);
	for (u32 i = 0; i < found && kept < count; i++) {
		if (is_promoted(group, all + i * key_words))
			continue;
		memcpy(words + kept * key_words, all + i * key_words, key_words * sizeof(*words));
		memcpy(adds + kept * cells, all_adds + i * cells, cells * sizeof(*adds));
		errors[kept++] = all_errors[i];
	}
	free(all);
	return (int)kept;
}

int group_candidates(const struct group *group, u32 count, u32 by, u64 *words, u64 *adds, u64 *errors)
{
	if (group->saving)
		return saved_candidates(group, count, by, words, adds, errors);
	return group->spec.sets ? cached_candidates(group, count, by, words, adds, errors) : 0;
}

void group_clear(struct group *group)
{
	const struct group_spec *spec = &group->spec;

	if (group->saving) {
		u32 tracked, room;
		u64 evictions, error;
		size_t bytes;

		space_saving_fill(group->saving, &tracked, &room, &evictions, &error, &bytes);
		group->evictions += evictions;
		space_saving_clear(group->saving);
		return;
	}
	for (u32 table = 0; table < group->tables; table++)
		for (u32 set = 0; set < spec->sets; set++)
			memset(cells_of(group, table) + spec->cache_at + (size_t)set * spec->set_bytes, 0,
			       sizeof(struct cache_set));
}

struct group_fill group_filling(const struct group *group)
{
	struct group_fill fill = {.evictions = group->evictions,
				  .bytes = (size_t)group->tables * group->spec.cells_bytes + group->spec.keys_bytes};

	if (group->saving) {
		u64 evictions;
		size_t bytes;

		space_saving_fill(group->saving, &fill.tracked, &fill.room, &evictions, &fill.error, &bytes);
		fill.evictions += evictions;
		fill.bytes += bytes;
	} else if (group->spec.sets) {
		cached_fill(group, &fill);
	}
	return fill;
}
