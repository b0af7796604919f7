/* SPDX-License-Identifier: Apache-2.0 */
/* What a source keeps of its filters, and changing them. */
#ifndef PKTSPOT_FILTER_STATE_H
#define PKTSPOT_FILTER_STATE_H

#include "filter_set.h"
#include "source.h"

/* The filters of one link type, in one block with their instructions. */
struct filter_set {
	struct filter_set *next;
	u32 link;
	u32 count;
	struct filter filters[];
};

struct filter_state {
	struct filter_set *sets;
	u8 *memory; /* struct filter_values, one a CPU in the kernel, else one */
	size_t bytes;
	u32 stride;
	u32 cpus;
	u32 bits;
	u64 seed;
	int map;    /* the kernel's; -1: counted here */
	int busy;   /* a change is under way in the thread pool */
	int closed; /* freed when the change ends */
};

/* Precision of the sketches that a source's filters have. */
u32 filters_unique_bits(const struct source *source);
/* The state of a source that has none yet; NULL: it failed. */
struct filter_state *filters_make(const struct source *source, struct failure *failure);
/* Fills FILTER_CELLS cells, added up over the CPUs; zeros without a state. */
void filters_look(const struct filter_state *state, u64 *cells);
/* Begins an epoch of the sketches and merges the one before over the CPUs. */
void filters_cut(struct filter_state *state, u8 *registers);
/* Takes note of where fresh cells begin; called when no packet is tried on the old filters any more. */
void filters_begin(struct filter_state *state, const struct filter_set *set);
void filters_keep(struct filter_state *state, struct filter_set *set);
/* The change has ended; the state may be gone afterwards. */
void filters_changed(struct filter_state *state);
/* Loads the set's program off the main thread and swaps it in; a promise. The set is the state's from here on. */
napi_value filters_change(napi_env env, struct source *source, napi_value handle, struct filter_set *set);
napi_value resolved(napi_env env);
void init_filter_compile(napi_env env, napi_value exports);

#endif
