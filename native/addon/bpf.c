/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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

static const struct loaded nothing = {.tables = -1, .programs = -1, .program = -1, .link = -1, .notes = {.map = -1}};

/* An object that is there by its name when the link is, or else is made now and named if there is a folder. */
static int named(const struct loaded *loaded, const char *name, int made, struct failure *failure)
{
	if (made < 0)
		return fail(failure, "BPF_MAP_CREATE", errno);
	if (loaded->pins && loaded->link < 0 && pin_object(loaded->pins, name, made, failure)) {
		close(made);
		return -1;
	}
	return made;
}

static int open_programs(const struct loaded *loaded, struct failure *failure)
{
	return named(loaded, "programs",
		     loaded->link >= 0 ? pinned(loaded->pins, "programs")
				       : bpf_create_array(BPF_MAP_TYPE_PROG_ARRAY, "pktspot_progs", 4, PROGRAMS, 0),
		     failure);
}

static int open_layout(const struct loaded *loaded, const struct layout *layout, struct failure *failure)
{
	return named(loaded, "layout",
		     loaded->link >= 0 ? pinned(loaded->pins, "layout")
				       : bpf_create_constants("pktspot_layout", layout, sizeof(*layout)),
		     failure);
}

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

static struct table *table_at(const struct loaded *loaded, u32 cpu)
{
	return (struct table *)(loaded->memory + (size_t)cpu * loaded->stride);
}

/* The programs of the process before run on until each is replaced; what it had shed comes back with that. */
static void adopt(struct loaded *loaded)
{
	for (u32 cpu = 0; cpu < loaded->cpus; cpu++)
		loaded->present |= table_at(loaded, cpu)->programs & ((1ULL << PROGRAMS) - 1);
}

int bpf_open(struct loaded *loaded, enum hook hook, const struct layout *layout, u32 cpus, const char *pins,
	     struct failure *failure)
{
	const struct program *program = is_tcx(hook) ? &tcx_program : &xdp_program;
	int constants = -1;

	*loaded = nothing;
	loaded->hook = hook;
	loaded->cpus = cpus;
	loaded->stride = table_bytes(layout);
	loaded->flags = layout->frags ? XDP_HAS_FRAGS : 0;
	loaded->bytes = whole_pages((size_t)cpus * loaded->stride, (size_t)sysconf(_SC_PAGESIZE));
	if (pins) {
		loaded->pins = strdup(pins);
		loaded->link = pinned(pins, "link");
	}
	loaded->tables = pinned_array(loaded->pins, "tables", "pktspot_tables", loaded->stride, cpus, failure);
	if (loaded->tables >= 0)
		loaded->programs = open_programs(loaded, failure);
	if (loaded->programs < 0 || notes_open(&loaded->notes, loaded->pins, SOURCE_NOTES, failure))
		goto out;
	loaded->memory = bpf_map_memory(loaded->tables, loaded->bytes);
	if (!loaded->memory) {
		fail(failure, "mmap", errno);
		goto out;
	}
	if (loaded->link >= 0)
		adopt(loaded);
	else
		for (u32 cpu = 0; cpu < cpus;
		     cpu++) /* the first packet finds nothing in the caches: no measure of others */
			table_at(loaded, cpu)->timed_run = TIMED_EVERY / 2;
	constants = open_layout(loaded, layout, failure);
	if (constants >= 0)
		loaded->program = load(loaded, program, constants, failure);
out:
	if (constants >= 0)
		close(constants); /* the program holds it */
	if (loaded->program < 0)
		bpf_close(loaded);
	return loaded->program < 0 ? -1 : 0;
}

/* The program of the process before gives way to ours from one packet to the next. */
static int take_over(const struct loaded *loaded, struct failure *failure)
{
	union bpf_attr attr = {0};

	attr.link_update.link_fd = (u32)loaded->link;
	attr.link_update.new_prog_fd = (u32)loaded->program;
	if (bpf(BPF_LINK_UPDATE, &attr))
		return fail(failure, "BPF_LINK_UPDATE", errno);
	bpf_tell(loaded);
	return 0;
}

int bpf_attach(struct loaded *loaded, enum hook hook, u32 ifindex, struct failure *failure)
{
	union bpf_attr attr = {0};

	if (loaded->link >= 0)
		return take_over(loaded, failure);
	attr.link_create.prog_fd = (u32)loaded->program;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = hook == HOOK_TCX          ? LINK_BPF_TCX_INGRESS
				       : hook == HOOK_TCX_EGRESS ? LINK_BPF_TCX_EGRESS
								 : LINK_BPF_XDP;
	attr.link_create.flags = is_tcx(hook)               ? LINK_BEFORE
				 : hook == HOOK_XDP_GENERIC ? XDP_GENERIC_MODE
							    : XDP_NATIVE_MODE;
	loaded->link = bpf(BPF_LINK_CREATE, &attr);
	if (loaded->link < 0)
		return fail(failure, "BPF_LINK_CREATE", errno);
	return loaded->pins ? pin_object(loaded->pins, "link", loaded->link, failure) : 0;
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
	notes_close(&loaded->notes);
	free(loaded->pins);
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
