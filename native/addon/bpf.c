/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than some build machines' headers. */
#define LINK_BPF_XDP 37
#define LINK_BPF_TCX_INGRESS 46
#define LINK_BEFORE (1u << 3)
#define XDP_GENERIC_MODE (1u << 1)
#define XDP_NATIVE_MODE (1u << 2)
#define XDP_HAS_FRAGS (1u << 5)
#define MEMBARRIER_GLOBAL 1
#define LOG_BYTES (1u << 20)

enum map { MAP_TABLES, MAP_LAYOUT };

struct reference {
	u32 instruction;
	enum map map;
	u32 offset;
};

#include "../gen/programs.h"

struct program {
	const u64 *instructions;
	u32 instruction_count;
	const struct reference *references;
	u32 reference_count;
	u32 type;
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct program xdp_program = {xdp_instructions, LENGTH(xdp_instructions), xdp_references,
					   LENGTH(xdp_references), BPF_PROG_TYPE_XDP};
static const struct program tcx_program = {tcx_instructions, LENGTH(tcx_instructions), tcx_references,
					   LENGTH(tcx_references), BPF_PROG_TYPE_SCHED_CLS};

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int create_map(const char *name, u32 value_bytes, u32 entries, u32 flags)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = value_bytes,
		.max_entries = entries,
		.map_flags = flags,
	};

	strncpy(attr.map_name, name, sizeof(attr.map_name) - 1);
	return bpf(BPF_MAP_CREATE, &attr);
}

/* The layout as a frozen read-only map: the verifier treats its bytes as constants. */
static int create_layout(const struct layout *layout)
{
	int map = create_map("pktspot_layout", sizeof(*layout), 1, BPF_F_RDONLY_PROG);
	u32 key = 0;
	union bpf_attr attr = {
		.map_fd = (u32)map, .key = (u64)(unsigned long)&key, .value = (u64)(unsigned long)layout};
	union bpf_attr freeze = {.map_fd = (u32)map};

	if (map < 0)
		return -1;
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr) || bpf(BPF_MAP_FREEZE, &freeze)) {
		int error = errno;

		close(map);
		errno = error;
		return -1;
	}
	return map;
}

static int load(const struct program *program, int tables, int layout, u32 flags, struct failure *failure)
{
	struct bpf_insn *instructions = malloc(program->instruction_count * sizeof(*instructions));
	union bpf_attr attr = {
		.prog_type = program->type,
		.insns = (u64)(unsigned long)instructions,
		.insn_cnt = program->instruction_count,
		.license = (u64)(unsigned long)"Dual BSD/GPL",
		.prog_flags = flags,
		.prog_name = "pktspot",
	};
	int fd;

	if (!instructions)
		return fail(failure, "malloc", ENOMEM);
	memcpy(instructions, program->instructions, program->instruction_count * sizeof(*instructions));
	for (u32 i = 0; i < program->reference_count; i++) {
		const struct reference *reference = &program->references[i];
		struct bpf_insn *instruction = &instructions[reference->instruction];

		if (reference->map == MAP_TABLES) {
			instruction->src_reg = BPF_PSEUDO_MAP_FD;
			instruction->imm = tables;
		} else { /* an address inside the map's only value */
			instruction[1].imm = instruction->imm + (int)reference->offset;
			instruction->src_reg = BPF_PSEUDO_MAP_VALUE;
			instruction->imm = layout;
		}
	}
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0) {
		int error = errno;

		/* the verifier's words cost five times the load: ask only for a failure's */
		if ((error == EACCES || error == EINVAL) && (failure->log = calloc(1, LOG_BYTES))) {
			attr.log_level = 1;
			attr.log_size = LOG_BYTES;
			attr.log_buf = (u64)(unsigned long)failure->log;
			fd = bpf(BPF_PROG_LOAD, &attr);
		}
		if (fd < 0)
			fail(failure, "BPF_PROG_LOAD", error);
	}
	free(instructions);
	return fd;
}

int bpf_open(struct loaded *loaded, enum hook hook, const struct layout *layout, u32 cpus, struct failure *failure)
{
	const struct program *program = hook == HOOK_TCX ? &tcx_program : &xdp_program;
	long page = sysconf(_SC_PAGESIZE);
	int constants = -1;

	*loaded = (struct loaded){.tables = -1, .program = -1, .link = -1, .memory = MAP_FAILED};
	loaded->bytes = ((size_t)cpus * table_bytes(layout) + (size_t)page - 1) & ~((size_t)page - 1);
	loaded->tables = create_map("pktspot_tables", table_bytes(layout), cpus, BPF_F_MMAPABLE);
	if (loaded->tables < 0) {
		fail(failure, "BPF_MAP_CREATE", errno);
		goto out;
	}
	loaded->memory = mmap(NULL, loaded->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, loaded->tables, 0);
	if (loaded->memory == MAP_FAILED) {
		fail(failure, "mmap", errno);
		goto out;
	}
	constants = create_layout(layout);
	if (constants < 0) {
		fail(failure, "BPF_MAP_FREEZE", errno);
		goto out;
	}
	loaded->program = load(program, loaded->tables, constants, layout->frags ? XDP_HAS_FRAGS : 0, failure);
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
	attr.link_create.attach_type = hook == HOOK_TCX ? LINK_BPF_TCX_INGRESS : LINK_BPF_XDP;
	attr.link_create.flags = hook == HOOK_TCX           ? LINK_BEFORE
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
	if (loaded->memory != MAP_FAILED)
		munmap(loaded->memory, loaded->bytes);
	if (loaded->tables >= 0)
		close(loaded->tables);
	*loaded = (struct loaded){.tables = -1, .program = -1, .link = -1, .memory = MAP_FAILED};
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
