/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf_programs.h"

/* Newer than some build machines' headers. */
#define LINK_BPF_XDP 37
#define LINK_BPF_TCX_INGRESS 46
#define LINK_BPF_TCX_EGRESS 47
#define LINK_BEFORE (1u << 3)
#define XDP_GENERIC_MODE (1u << 1)
#define XDP_NATIVE_MODE (1u << 2)
#define XDP_HAS_FRAGS (1u << 5)
#define MEMBARRIER_GLOBAL 1

static const struct loaded nothing = {.tables = -1, .programs = -1, .program = -1, .link = -1};

static int load(const struct loaded *loaded, const struct program *program, int layout, struct failure *failure)
{
	const int maps[MAPS] = {
		[MAP_TABLES] = loaded->tables, [MAP_PROGRAMS] = loaded->programs, [MAP_LAYOUT] = layout};
	u32 count;
	struct bpf_insn *instructions = prepared(program, maps, NULL, &count);
	int fd;

	if (!instructions)
		return fail(failure, "malloc", ENOMEM);
	fd = bpf_load(program_type(program), instructions, count, loaded->flags, failure);
	free(instructions);
	return fd;
}

int bpf_open(struct loaded *loaded, enum hook hook, const struct layout *layout, u32 cpus, struct failure *failure)
{
	const struct program *program = is_tcx(hook) ? &tcx_program : &xdp_program;
	int constants = -1;

	*loaded = nothing;
	loaded->hook = hook;
	loaded->cpus = cpus;
	loaded->stride = table_bytes(layout);
	loaded->flags = layout->frags ? XDP_HAS_FRAGS : 0;
	loaded->bytes = whole_pages((size_t)cpus * loaded->stride, (size_t)sysconf(_SC_PAGESIZE));
	loaded->tables = bpf_create_array(BPF_MAP_TYPE_ARRAY, "pktspot_tables", loaded->stride, cpus, BPF_F_MMAPABLE);
	if (loaded->tables >= 0)
		loaded->programs = bpf_create_array(BPF_MAP_TYPE_PROG_ARRAY, "pktspot_progs", 4, PROGRAMS, 0);
	if (loaded->programs < 0) {
		fail(failure, "BPF_MAP_CREATE", errno);
		goto out;
	}
	loaded->memory = bpf_map_memory(loaded->tables, loaded->bytes);
	if (!loaded->memory) {
		fail(failure, "mmap", errno);
		goto out;
	}
	for (u32 cpu = 0; cpu < cpus; cpu++) /* the first packet finds nothing in the caches: no measure of others */
		((struct table *)(loaded->memory + (size_t)cpu * loaded->stride))->timed_run = TIMED_EVERY / 2;
	constants = bpf_create_constants("pktspot_layout", layout, sizeof(*layout));
	if (constants < 0) {
		fail(failure, "BPF_MAP_FREEZE", errno);
		goto out;
	}
	loaded->program = load(loaded, program, constants, failure);
out:
	if (constants >= 0)
		close(constants); /* the program holds it */
	if (loaded->program < 0)
		bpf_close(loaded);
	return loaded->program < 0 ? -1 : 0;
}

int bpf_attach(struct loaded *loaded, enum hook hook, u32 ifindex, struct failure *failure)
{
	union bpf_attr attr = {0};

	attr.link_create.prog_fd = (u32)loaded->program;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = hook == HOOK_TCX          ? LINK_BPF_TCX_INGRESS
				       : hook == HOOK_TCX_EGRESS ? LINK_BPF_TCX_EGRESS
								 : LINK_BPF_XDP;
	attr.link_create.flags = is_tcx(hook)               ? LINK_BEFORE
				 : hook == HOOK_XDP_GENERIC ? XDP_GENERIC_MODE
							    : XDP_NATIVE_MODE;
	loaded->link = bpf(BPF_LINK_CREATE, &attr);
	return loaded->link < 0 ? fail(failure, "BPF_LINK_CREATE", errno) : 0;
}

void bpf_close(struct loaded *loaded)
{
	if (loaded->link >= 0)
		close(loaded->link);
	if (loaded->program >= 0)
		close(loaded->program);
	if (loaded->memory)
		munmap(loaded->memory, loaded->bytes);
	if (loaded->programs >= 0)
		close(loaded->programs); /* the last descriptor: the kernel empties the array */
	if (loaded->tables >= 0)
		close(loaded->tables);
	*loaded = nothing;
}

int bpf_test_run(const struct loaded *loaded, const u8 *frame, u32 bytes, u32 repeat, u32 *duration_ns,
		 struct failure *failure)
{
	union bpf_attr attr = {0};

	attr.test.prog_fd = (u32)loaded->program;
	attr.test.data_in = (u64)(unsigned long)frame;
	attr.test.data_size_in = bytes;
	attr.test.repeat = repeat;
	if (bpf(BPF_PROG_TEST_RUN, &attr))
		return fail(failure, "BPF_PROG_TEST_RUN", errno);
	*duration_ns = attr.test.duration;
	return (int)attr.test.retval;
}

void bpf_quiesce(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_GLOBAL, 0, 0))
		usleep(1000);
}
