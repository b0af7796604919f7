/* SPDX-License-Identifier: Apache-2.0 */
/* What a source keeps of its filters: the sets, and the values that their matches add to, in the kernel's map or here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf_calls.h"
#include "filter_state.h"

u32 filters_unique_bits(const struct source *source)
{
	u32 bits = source->counting.layout.hyperloglog_bits;

	return bits < FILTER_UNIQUE_BITS_MAX ? bits : FILTER_UNIQUE_BITS_MAX;
}

static struct filter_values *values_of(const struct filter_state *state, u32 cpu)
{
	return (struct filter_values *)(state->memory + (size_t)cpu * state->stride);
}

struct filter_state *filters_make(const struct source *source, struct failure *failure)
{
	struct filter_state *state = calloc(1, sizeof(*state));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!state)
		return fail(failure, "calloc", ENOMEM), NULL;
	state->map = -1;
	state->seed = source->counting.layout.seed;
	state->bits = filters_unique_bits(source);
	state->stride = filter_values_bytes(state->bits);
	state->cpus = source->loaded ? source->counting.tables : 1;
	state->bytes = whole_pages((size_t)state->cpus * state->stride, page);
	if (source->loaded) {
		state->map = pinned_array(source->loaded->pins, "filters", "pktspot_filter", state->stride, state->cpus,
					  failure);
		state->memory = state->map < 0 ? NULL : bpf_map_memory(state->map, state->bytes);
	} else {
		state->memory = calloc(1, state->bytes);
	}
	if (!state->memory) {
		if (!failure->step)
			fail(failure, source->loaded ? "mmap" : "calloc", errno);
		if (state->map >= 0)
			close(state->map);
		free(state);
		return NULL;
	}
	return state;
}

static void release(struct filter_state *state)
{
	while (state->sets) {
		struct filter_set *next = state->sets->next;

		free(state->sets);
		state->sets = next;
	}
	if (state->map >= 0) {
		munmap(state->memory, state->bytes);
		close(state->map);
	} else {
		free(state->memory);
	}
	free(state);
}

void filters_free(struct filter_state *state)
{
	if (!state)
		return;
	state->closed = 1;
	if (!state->busy)
		release(state);
}

void filters_changed(struct filter_state *state)
{
	state->busy = 0;
	if (state->closed)
		release(state);
}

/* What the cells hold at this moment is what their new owners begin with: writing a zero could lose to a packet. */
void filters_begin(struct filter_state *state, const struct filter_set *set)
{
	u64 *base = values_of(state, 0)->base;

	for (u32 i = 0; i < set->count; i++) {
		const struct filter *filter = &set->filters[i];
		u32 bytes = 1u << state->bits;

		if (!filter->fresh)
			continue;
		if (filter->add != FILTER_ADD_UNIQUE)
			base[filter->cell] = 0;
		for (u32 cpu = 0; cpu < state->cpus; cpu++) {
			struct filter_values *values = values_of(state, cpu);

			if (filter->add != FILTER_ADD_UNIQUE) {
				base[filter->cell] += __atomic_load_n(&values->cells[filter->cell], __ATOMIC_RELAXED);
				continue;
			}
			memset(values->registers + filter->cell * bytes, 0, bytes);
			memset(values->registers + (FILTER_UNIQUES + filter->cell) * bytes, 0, bytes);
		}
	}
}

/* The set takes the place of the one for the same link type. */
void filters_keep(struct filter_state *state, struct filter_set *set)
{
	struct filter_set **place = &state->sets;

	while (*place && (*place)->link != set->link)
		place = &(*place)->next;
	set->next = *place ? (*place)->next : NULL;
	free(*place);
	*place = set;
}

void filters_look(const struct filter_state *state, u64 *cells)
{
	memset(cells, 0, FILTER_CELLS * sizeof(*cells));
	for (u32 cell = 0; state && cell < FILTER_CELLS; cell++) {
		for (u32 cpu = 0; cpu < state->cpus; cpu++)
			cells[cell] += __atomic_load_n(&values_of(state, cpu)->cells[cell], __ATOMIC_RELAXED);
		cells[cell] -= values_of(state, 0)->base[cell];
	}
}

void filters_cut(struct filter_state *state, u8 *registers)
{
	u32 bytes = FILTER_UNIQUES << state->bits;
	u64 idle = values_of(state, 0)->epoch & 1;

	memset(registers, 0, bytes);
	for (u32 cpu = 0; cpu < state->cpus; cpu++) {
		struct filter_values *values = values_of(state, cpu);
		u8 *own = values->registers + idle * bytes;

		__atomic_store_n(&values->epoch, !idle, __ATOMIC_RELEASE);
		merge_registers(registers, own, bytes);
		memset(own, 0, bytes);
	}
}
