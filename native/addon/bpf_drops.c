/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf_drops.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf_programs.h"

static const struct loaded_drops nothing = {.program = -1, .link = -1};

static int load(const int maps[MAPS], struct failure *failure)
{
	u32 count;
	struct bpf_insn *instructions = prepared(&drops_program, maps, NULL, &count);
	int fd;

	if (!instructions)
		return fail(failure, "malloc", ENOMEM);
	fd = bpf_load(program_type(&drops_program), instructions, count, 0, failure);
	free(instructions);
	return fd;
}

/* Before Linux 5.17 the tracepoint has no reason, and the kernel refuses the program with EINVAL. */
static int attach(int program, struct failure *failure)
{
	union bpf_attr attr = {0};
	int link;

	attr.raw_tracepoint.name = (u64)(unsigned long)"kfree_skb";
	attr.raw_tracepoint.prog_fd = (u32)program;
	link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	return link < 0 ? fail(failure, "BPF_RAW_TRACEPOINT_OPEN", errno) : link;
}

static int open_maps(struct loaded_drops *drops, const struct drop_constants *constants, int maps[MAPS],
		     struct failure *failure)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	maps[MAP_DROPS] =
		bpf_create_array(BPF_MAP_TYPE_ARRAY, "pktspot_drops", drops->stride, drops->cpus, BPF_F_MMAPABLE);
	if (maps[MAP_DROPS] >= 0)
		maps[MAP_WATCHED] = bpf_create_array(BPF_MAP_TYPE_ARRAY, "pktspot_watched", sizeof(struct drop_watch),
						     1, BPF_F_MMAPABLE);
	if (maps[MAP_WATCHED] >= 0)
		maps[MAP_CONSTANTS] = bpf_create_constants("pktspot_drop_to", constants, sizeof(*constants));
	if (maps[MAP_CONSTANTS] < 0)
		return fail(failure, "BPF_MAP_CREATE", errno);
	drops->tables_bytes = whole_pages((size_t)drops->cpus * drops->stride, page);
	drops->tables = bpf_map_memory(maps[MAP_DROPS], drops->tables_bytes);
	drops->watch_bytes = whole_pages(sizeof(struct drop_watch), page);
	drops->watch = bpf_map_memory(maps[MAP_WATCHED], drops->watch_bytes);
	return drops->tables && drops->watch ? 0 : fail(failure, "mmap", errno);
}

int bpf_open_drops(struct loaded_drops *drops, const struct drop_constants *constants, u32 cpus,
		   struct failure *failure)
{
	int maps[MAPS];

	for (u32 map = 0; map < MAPS; map++)
		maps[map] = -1;
	*drops = nothing;
	drops->cpus = cpus;
	drops->stride = sizeof(struct drop_table);
	if (!open_maps(drops, constants, maps, failure))
		drops->program = load(maps, failure);
	if (drops->program >= 0)
		drops->link = attach(drops->program, failure);
	/* the program and the mappings hold them */
	for (u32 map = 0; map < MAPS; map++)
		if (maps[map] >= 0)
			close(maps[map]);
	if (drops->link < 0)
		bpf_close_drops(drops);
	return drops->link < 0 ? -1 : 0;
}

void bpf_close_drops(struct loaded_drops *drops)
{
	if (drops->link >= 0)
		close(drops->link);
	if (drops->program >= 0)
		close(drops->program);
	if (drops->tables)
		munmap(drops->tables, drops->tables_bytes);
	if (drops->watch)
		munmap(drops->watch, drops->watch_bytes);
	*drops = nothing;
}
