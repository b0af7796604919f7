/* SPDX-License-Identifier: Apache-2.0 */
#include "space_saving.h"

#include <stdlib.h>
#include <string.h>

#include "../core/hash.h"

#define CELLS_PER_KEY 8

struct space_saving {
	u32 words;
	u32 adds;
	u32 rank;
	u32 room;
	u32 tracked;
	u32 cells;
	u32 mask; /* of the index */
	u64 seed;
	u64 evictions;
	u64 error;
	size_t bytes;
	/* A row a key: its words, its cells, the error of the ranked cell. */
	u64 *rows;
	/* For all keys of a hash that have no row, what each of them can have had at most. */
	u64 *filter;
	/*
	 * The rows as a heap, least first, by what their ranked cell was when last looked at. It can only have grown
	 * since, so hits leave the heap alone; the root is the least once it is found up to date.
	 */
	u64 *seen;
	u32 *heap;
	u32 *hashes; /* of the rows' keys */
	u32 *index;  /* row + 1 by hash, open addressing; 0: none */
	u32 *order;  /* scratch of space_saving_top */
};

static u64 *row_of(const struct space_saving *table, u32 row)
{
	return table->rows + (size_t)row * (table->words + table->adds + 1);
}

static u64 *cells_of(const struct space_saving *table, u32 row)
{
	return row_of(table, row) + table->words;
}

static u64 *error_of(const struct space_saving *table, u32 row)
{
	return cells_of(table, row) + table->adds;
}

static u64 ranked(const struct space_saving *table, u32 row)
{
	return cells_of(table, row)[table->rank];
}

static u64 *filter_of(const struct space_saving *table, u32 hash)
{
	return table->filter + ((u64)hash * table->cells >> 32);
}

struct space_saving *space_saving_new(u32 words, u32 adds, u32 rank, u32 tracked, u64 seed)
{
	u32 cells = CELLS_PER_KEY * tracked, slots = 2;
	size_t row_words = (size_t)tracked * (words + adds + 1), bytes;
	struct space_saving *table;

	while (slots < 2 * tracked)
		slots *= 2;
	bytes = sizeof(*table) + sizeof(u64) * (row_words + cells + tracked) +
		sizeof(u32) * (3 * (size_t)tracked + slots);
	table = calloc(1, bytes);
	if (!table)
		return NULL;
	*table = (struct space_saving){.words = words,
				       .adds = adds,
				       .rank = rank,
				       .room = tracked,
				       .cells = cells,
				       .mask = slots - 1,
				       .seed = seed,
				       .bytes = bytes};
	table->rows = (u64 *)(table + 1);
	table->filter = table->rows + row_words;
	table->seen = table->filter + cells;
	table->heap = (u32 *)(table->seen + tracked);
	table->hashes = table->heap + tracked;
	table->order = table->hashes + tracked;
	table->index = table->order + tracked;
	return table;
}

void space_saving_free(struct space_saving *table)
{
	free(table);
}

static int same_key(const struct space_saving *table, const u64 *a, const u64 *b)
{
	for (u32 word = 0; word < table->words; word++)
		if (a[word] != b[word])
			return 0;
	return 1;
}

/* Where the key is in the index, or the empty place where it would be. */
static u32 find(const struct space_saving *table, const u64 *key, u32 hash)
{
	u32 at = hash & table->mask;

	for (; table->index[at]; at = (at + 1) & table->mask) {
		u32 row = table->index[at] - 1;

		if (table->hashes[row] == hash && same_key(table, row_of(table, row), key))
			break;
	}
	return at;
}

/* Takes a place out of the index and moves up those behind it that could not have their own. */
static void unlink_place(struct space_saving *table, u32 hole)
{
	u32 mask = table->mask;

	for (u32 at = (hole + 1) & mask; table->index[at]; at = (at + 1) & mask) {
		u32 own = table->hashes[table->index[at] - 1] & mask;

		if (((at - own) & mask) < ((at - hole) & mask))
			continue;
		table->index[hole] = table->index[at];
		hole = at;
	}
	table->index[hole] = 0;
}

static void sink(struct space_saving *table, u32 at, u64 seen, u32 row)
{
	for (u32 child; (child = 2 * at + 1) < table->room; at = child) {
		if (child + 1 < table->room && table->seen[child + 1] < table->seen[child])
			child++;
		if (seen <= table->seen[child])
			break;
		table->seen[at] = table->seen[child];
		table->heap[at] = table->heap[child];
	}
	table->seen[at] = seen;
	table->heap[at] = row;
}

static void make_heap(struct space_saving *table)
{
	for (u32 row = 0; row < table->room; row++) {
		table->seen[row] = ranked(table, row);
		table->heap[row] = row;
	}
	for (u32 at = table->room / 2; at-- > 0;)
		sink(table, at, table->seen[at], table->heap[at]);
}

/* Whether some row's ranked cell is less than the value: the least is then at the root. */
static int outranks_least(struct space_saving *table, u64 value)
{
	while (value > table->seen[0]) {
		u64 now = ranked(table, table->heap[0]);

		if (now == table->seen[0])
			return 1;
		sink(table, 0, now, table->heap[0]);
	}
	return 0;
}

static void write_row(struct space_saving *table, u32 row, const u64 *key, u32 hash, const u64 *adds, u64 error)
{
	memcpy(row_of(table, row), key, sizeof(u64) * table->words);
	memcpy(cells_of(table, row), adds, sizeof(u64) * table->adds);
	cells_of(table, row)[table->rank] += error;
	*error_of(table, row) = error;
	table->hashes[row] = hash;
	table->index[find(table, key, hash)] = row + 1;
}

/* A key without a row, while all rows are taken: it waits in the filter until it outranks the least. */
static void compete(struct space_saving *table, const u64 *key, u32 hash, const u64 *adds)
{
	u64 *filter = filter_of(table, hash), error = *filter, value = error + adds[table->rank];
	u32 least;

	if (!outranks_least(table, value)) {
		*filter = value;
		if (value > table->error)
			table->error = value;
		return;
	}
	least = table->heap[0];
	unlink_place(table, find(table, row_of(table, least), table->hashes[least]));
	*filter_of(table, table->hashes[least]) = table->seen[0];
	if (table->seen[0] > table->error)
		table->error = table->seen[0];
	write_row(table, least, key, hash, adds, error);
	sink(table, 0, value, least);
	table->evictions++;
}

void space_saving_add(struct space_saving *table, const u64 *key, u64 hash, const u64 *adds)
{
	u32 mixed = (u32)mix64(hash ^ table->seed), row = table->index[find(table, key, mixed)];

	if (row) {
		u64 *cells = cells_of(table, row - 1);

		for (u32 cell = 0; cell < table->adds; cell++)
			cells[cell] += adds[cell];
	} else if (table->tracked < table->room) {
		write_row(table, table->tracked++, key, mixed, adds, 0);
		if (table->tracked == table->room)
			make_heap(table);
	} else {
		compete(table, key, mixed, adds);
	}
}

static int comes_before(const struct space_saving *table, u32 by, u32 a, u32 b)
{
	const u64 *row = row_of(table, a), *other = row_of(table, b);
	u64 value = cells_of(table, a)[by], other_value = cells_of(table, b)[by];

	if (value != other_value)
		return value > other_value;
	for (u32 word = 0; word < table->words; word++)
		if (row[word] != other[word])
			return row[word] < other[word];
	return 0;
}

/* Lets the row sink in a heap of `count` rows, first at the root. */
static void sink_ordered(const struct space_saving *table, u32 by, u32 count, u32 at, u32 row)
{
	u32 *order = table->order;

	for (u32 child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && comes_before(table, by, order[child + 1], order[child]))
			child++;
		if (comes_before(table, by, row, order[child]))
			break;
		order[at] = order[child];
	}
	order[at] = row;
}

u32 space_saving_top(const struct space_saving *table, u32 count, u32 by, u64 *keys, u64 *adds, u64 *errors)
{
	u32 left = table->tracked;

	if (count > left)
		count = left;
	for (u32 row = 0; row < left; row++)
		table->order[row] = row;
	for (u32 at = left / 2; at-- > 0;)
		sink_ordered(table, by, left, at, table->order[at]);
	for (u32 place = 0; place < count; place++) {
		u32 row = table->order[0];

		memcpy(keys + (size_t)place * table->words, row_of(table, row), sizeof(u64) * table->words);
		memcpy(adds + (size_t)place * table->adds, cells_of(table, row), sizeof(u64) * table->adds);
		errors[place] = *error_of(table, row);
		left--;
		sink_ordered(table, by, left, 0, table->order[left]);
	}
	return count;
}

void space_saving_clear(struct space_saving *table)
{
	memset(table->filter, 0, sizeof(u64) * table->cells);
	memset(table->index, 0, sizeof(u32) * ((size_t)table->mask + 1));
	table->tracked = 0;
	table->evictions = 0;
	table->error = 0;
}

void space_saving_fill(const struct space_saving *table, u32 *tracked, u32 *room, u64 *evictions, u64 *error,
		       size_t *bytes)
{
	*tracked = table->tracked;
	*room = table->room;
	*evictions = table->evictions;
	*error = table->error;
	*bytes = table->bytes;
}
