/* SPDX-License-Identifier: Apache-2.0 */
/* The programs behind the counting one: user filters and groups, reached by tail calls. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../core/count.h"
#include "bpf.h"
#include "bpf_programs.h"

static struct table *table_of(const struct loaded *loaded, u32 cpu)
{
	return (struct table *)(loaded->memory + (size_t)cpu * loaded->stride);
}

void bpf_tell(const struct loaded *loaded)
{
	u64 told = loaded->present;

	if (loaded->shed >= SHED_FILTERS)
		told = (told & ~1ULL) | FILTERS_SHED;
	if (loaded->shed >= SHED_GROUPS)
		told = FILTERS_SHED;
	if (loaded->shed >= SHED_ALL)
		told = ASLEEP;
	for (u32 cpu = 0; cpu < loaded->cpus; cpu++)
		__atomic_store_n(&table_of(loaded, cpu)->programs, told, __ATOMIC_RELEASE);
}

/* Puts a program into its slot, or empties it (-1), and tells the programs in front, which look before they call. */
static int set_slot(struct loaded *loaded, u32 slot, int program)
{
	u64 bit = 1ULL << slot;

	if (program >= 0 ? bpf_set_slot(loaded->programs, slot, program) : 0)
		return -1;
	loaded->present = program >= 0 ? loaded->present | bit : loaded->present & ~bit;
	bpf_tell(loaded);
	if (program < 0)
		bpf_clear_slot(loaded->programs, slot);
	return 0;
}

static const struct loaded_group nothing = {.cells = -1, .keys = -1, .program = -1, .notes = {.map = -1}};

int bpf_open_group(struct loaded_group *group, const struct group_spec *spec, u32 cpus, const char *pins,
		   u32 notes_bytes, struct failure *failure)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	*group = nothing;
	group->cells_bytes = whole_pages((size_t)cpus * spec->cells_bytes, page);
	group->keys_bytes = whole_pages(spec->keys_bytes, page);
	group->cells = pinned_array(pins, "cells", "pktspot_cells", spec->cells_bytes, cpus, failure);
	if (group->cells >= 0)
		group->keys = pinned_array(pins, "keys", "pktspot_keys", spec->keys_bytes, 1, failure);
	if (group->keys >= 0 && !notes_open(&group->notes, pins, notes_bytes, failure)) {
		group->cells_memory = bpf_map_memory(group->cells, group->cells_bytes);
		group->keys_memory = bpf_map_memory(group->keys, group->keys_bytes);
		if (group->cells_memory && group->keys_memory)
			return 0;
		fail(failure, "mmap", errno);
	}
	bpf_close_group(group);
	return -1;
}

int bpf_start_group(struct loaded *loaded, struct loaded_group *group, const struct group_spec *spec,
		    struct failure *failure)
{
	const struct program *program = is_tcx(loaded->hook) ? &group_tcx_program : &group_xdp_program;
	const int maps[MAPS] = {[MAP_TABLES] = loaded->tables,
				[MAP_PROGRAMS] = loaded->programs,
				[MAP_CELLS] = group->cells,
				[MAP_KEYS] = group->keys};
	u32 count;
	struct bpf_insn *instructions = prepared(program, maps, spec, &count);

	if (!instructions)
		return fail(failure, "malloc", ENOMEM);
	group->program = bpf_load(program_type(program), instructions, count, loaded->flags, failure);
	free(instructions);
	if (group->program < 0)
		return -1;
	return set_slot(loaded, spec->program, group->program) ? fail(failure, "BPF_MAP_UPDATE_ELEM", errno) : 0;
}

void bpf_stop_group(struct loaded *loaded, u32 slot)
{
	if (!loaded->ends)
		set_slot(loaded, slot, -1);
}

void bpf_close_group(struct loaded_group *group)
{
	if (group->program >= 0)
		close(group->program);
	if (group->cells_memory)
		munmap(group->cells_memory, group->cells_bytes);
	if (group->keys_memory)
		munmap(group->keys_memory, group->keys_bytes);
	if (group->cells >= 0)
		close(group->cells);
	if (group->keys >= 0)
		close(group->keys);
	notes_close(&group->notes);
	*group = nothing;
}
