/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of one source: their memory, wherever it is counted into, and reading it. */
#ifndef PKTSPOT_GROUPS_H
#define PKTSPOT_GROUPS_H

#include "../core/group_spec.h"
#include "bpf.h"
#include "space_saving.h"

struct packet;
struct group_key;
struct source;

struct group {
	struct group_spec spec;
	u32 tables; /* blocks of cells */
	u8 *cells;
	u8 *keys;
	struct loaded_group loaded;  /* where the kernel counts */
	struct space_saving *saving; /* where we do; NULL without candidates */
	u64 evictions;               /* of the savings that were cleared */
	u64 tick;                    /* packets so far: the order of last values */
};

/* What TypeScript says of a group, as it comes: see GroupSpec in group-table.ts. */
struct group_wish {
	int layers;
	int filter;
	int fields;
	int field[KEY_FIELDS_MAX];
	int prefix4;
	int prefix6;
	int first_rule; /* -1: no rules */
	int rules;
	int adds;
	int add[ADDS_MAX];
	int extremes;
	int extreme[EXTREMES_MAX];
	int keep[EXTREMES_MAX];
	int uniques;
	int unique[UNIQUES_MAX];
	int unique_bits;
	int rank;
	int slots;
	int tracked;
};

/* Makes the spec of a wish; `cached`: candidates are kept in the cells. Returns what is wrong, or NULL. */
const char *group_plan(const struct group_wish *wish, u32 classes, u64 seed, u32 program, int cached,
		       struct group_spec *spec);
u32 field_bits(u32 field);

/* Counts a packet into the source's groups; the caller holds the lock. */
void count_into_groups(struct source *source, u32 table, struct packet *packet);
void close_groups(struct source *source);

/* Sums of the cells over the tables: (1 + slots) rows. */
void group_look(const struct group *group, u64 *sums);
/* Begins a window of extremes and uniques and reads the one before: slots times each; NaN: no packet. */
void group_cut(struct group *group, double *extremes, double *uniques);
/* Gives a slot a key; returns -1 when its bucket of the index is full. */
int group_promote(struct group *group, u32 slot, const u64 *words);
void group_demote(struct group *group, u32 slot);
/* Fills in at most `count` candidates, the greatest by a cell first; returns how many, or -1 without memory. */
int group_candidates(const struct group *group, u32 count, u32 by, u64 *words, u64 *adds, u64 *errors);
void group_clear(struct group *group);

struct group_fill {
	u32 tracked;
	u32 room;
	u64 evictions;
	u64 error;
	size_t bytes;
};

struct group_fill group_filling(const struct group *group);

/* The same of the caches in the cells. */
int cached_candidates(const struct group *group, u32 count, u32 by, u64 *words, u64 *adds, u64 *errors);
void cached_fill(const struct group *group, struct group_fill *fill);
/* Whether the key has a slot. */
int is_promoted(const struct group *group, const u64 *words);

#endif
