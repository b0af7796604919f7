/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the candidates' caches, which the kernel goes on writing. */
#include <stdlib.h>
#include <string.h>

#include "../core/group_key.h"
#include "groups.h"

static const struct cache_set *set_of(const struct group *group, u32 table, u32 set)
{
	const struct group_spec *spec = &group->spec;

	return (const struct cache_set *)(group->cells + (size_t)table * spec->cells_bytes + spec->cache_at +
					  (size_t)set * spec->set_bytes);
}

static const u64 *body_of(const struct group *group, const struct cache_set *set, u32 way)
{
	return (const u64 *)((const u8 *)(set + 1) + way * group->spec.body_bytes);
}

/* A candidate's row: words, cells, error. */
static u32 row_words(const struct group_spec *spec)
{
	return spec->words + spec->adds + 1;
}

/* Copies an entry; 0 when it is empty or was torn by a packet: then its tag is not that of its words. */
static int read_entry(const struct group *group, const struct cache_set *set, u32 way, u64 *row)
{
	const struct group_spec *spec = &group->spec;
	u32 tag = __atomic_load_n(&set->tags[way], __ATOMIC_ACQUIRE);
	const u64 *body = body_of(group, set, way);

	if (!tag)
		return 0;
	for (u32 i = 0; i < spec->words; i++)
		row[i] = __atomic_load_n(&body[1 + spec->adds + i], __ATOMIC_RELAXED);
	for (u32 i = 0; i < spec->adds; i++)
		row[spec->words + i] =
			__atomic_load_n(i == spec->rank ? &set->ranks[way] : &body[1 + i], __ATOMIC_RELAXED);
	row[spec->words + spec->adds] = __atomic_load_n(&body[0], __ATOMIC_RELAXED);
	return tag_of(hash_words(spec, row)) == tag;
}

/* The rows that come first so far: a heap whose root is the last of them. */
struct best {
	const struct group_spec *spec;
	u32 by;
	u32 count;
	u32 room;
	u64 *rows;
};

/* Whether a comes before b: by the cell, of ties the smaller key. */
static int is_before(const struct best *best, const u64 *a, const u64 *b)
{
	u32 words = best->spec->words, cell = words + best->by;

	if (a[cell] != b[cell])
		return a[cell] > b[cell];
	for (u32 i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return 0;
}

static u64 *row_at(const struct best *best, u32 index)
{
	return best->rows + (size_t)index * row_words(best->spec);
}

static void swap_rows(const struct best *best, u32 i, u32 j)
{
	u64 *a = row_at(best, i), *b = row_at(best, j);

	for (u32 word = 0; word < row_words(best->spec); word++) {
		u64 kept = a[word];

		a[word] = b[word];
		b[word] = kept;
	}
}

static void sink(const struct best *best, u32 count)
{
	for (u32 at = 0, child = 1; child < count; at = child, child = 2 * child + 1) {
		if (child + 1 < count && is_before(best, row_at(best, child), row_at(best, child + 1)))
			child++;
		if (is_before(best, row_at(best, child), row_at(best, at)))
			return;
		swap_rows(best, at, child);
	}
}

static void offer(struct best *best, const u64 *row)
{
	size_t bytes = row_words(best->spec) * sizeof(*row);
	u32 at = best->count;

	if (at == best->room) {
		if (!is_before(best, row, best->rows))
			return;
		memcpy(best->rows, row, bytes);
		sink(best, best->count);
		return;
	}
	best->count++;
	memcpy(row_at(best, at), row, bytes);
	for (; at && is_before(best, row_at(best, (at - 1) / 2), row_at(best, at)); at = (at - 1) / 2)
		swap_rows(best, at, (at - 1) / 2);
}

/* Adds an entry to those of the same set on other CPUs: a key is in the same set on each. */
static u32 merge_entry(const struct group_spec *spec, u64 *rows, u32 count, const u64 *row)
{
	u32 length = row_words(spec);

	for (u32 i = 0; i < count; i++) {
		u64 *into = rows + (size_t)i * length;

		if (memcmp(into, row, spec->words * sizeof(*row)))
			continue;
		for (u32 cell = spec->words; cell < length; cell++)
			into[cell] += row[cell];
		return count;
	}
	memcpy(rows + (size_t)count * length, row, length * sizeof(*row));
	return count + 1;
}

static void offer_set(const struct group *group, u32 set, u64 *merged, struct best *best)
{
	u64 row[KEY_WORDS_MAX + ADDS_MAX + 1];
	u32 count = 0;

	for (u32 table = 0; table < group->tables; table++)
		for (u32 way = 0; way < CACHE_WAYS; way++)
			if (read_entry(group, set_of(group, table, set), way, row))
				count = merge_entry(&group->spec, merged, count, row);
	for (u32 i = 0; i < count; i++) {
		const u64 *own = merged + (size_t)i * row_words(&group->spec);

		if (!is_promoted(group, own))
			offer(best, own);
	}
}

int cached_candidates(const struct group *group, u32 count, u32 by, u64 *words, u64 *adds, u64 *errors)
{
	const struct group_spec *spec = &group->spec;
	u32 length = row_words(spec);
	struct best best = {.spec = spec, .by = by, .room = count};
	u64 *merged = malloc((size_t)group->tables * CACHE_WAYS * length * sizeof(*merged));

	if (!count) {
		free(merged);
		return 0;
	}
	best.rows = malloc((size_t)count * length * sizeof(*best.rows));
	if (!merged || !best.rows) {
		free(merged);
		free(best.rows);
		return -1;
	}
	for (u32 set = 0; set < spec->sets; set++)
		offer_set(group, set, merged, &best);
	for (u32 left = best.count; left > 1; left--) { /* the root, the last, goes behind the rest */
		swap_rows(&best, 0, left - 1);
		sink(&best, left - 1);
	}
	for (u32 i = 0; i < best.count; i++) {
		const u64 *row = row_at(&best, i);

		memcpy(words + (size_t)i * spec->words, row, spec->words * sizeof(*row));
		memcpy(adds + (size_t)i * spec->adds, row + spec->words, spec->adds * sizeof(*row));
		errors[i] = row[length - 1];
	}
	free(merged);
	free(best.rows);
	return (int)best.count;
}

void cached_fill(const struct group *group, struct group_fill *fill)
{
	fill->room = group->tables * group->spec.sets * CACHE_WAYS;
	for (u32 table = 0; table < group->tables; table++) {
		const u8 *cells = group->cells + (size_t)table * group->spec.cells_bytes;

		fill->evictions += ((const struct group_head *)cells)->evictions;
		for (u32 index = 0; index < group->spec.sets; index++) {
			const struct cache_set *set = set_of(group, table, index);

			for (u32 way = 0; way < CACHE_WAYS; way++) {
				u64 error = set->tags[way] ? body_of(group, set, way)[0] : 0;

				fill->tracked += set->tags[way] != 0;
				if (error > fill->error)
					fill->error = error;
			}
		}
	}
}
