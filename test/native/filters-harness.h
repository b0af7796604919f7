/* SPDX-License-Identifier: Apache-2.0 */
/* Runs generated programs by BPF_PROG_TEST_RUN, with maps of its own and without the counting before them. */
#ifndef FILTERS_HARNESS_H
#define FILTERS_HARNESS_H

#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../native/addon/filter_translate.h"

#define XDP_HAS_FRAGS (1u << 5)
#define SKB_VLAN_PUSH 18
#define LOG_BYTES (1u << 20)

struct harness {
	int tables, values;
	int programs[3];     /* by access: the kernel keeps an array's programs alike */
	struct table *table; /* of CPU 0, where everything runs */
	struct filter_values *own;
	char *log;
};

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static int make_map(u32 type, u32 value_bytes, u32 entries, u32 flags)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = 4, .value_size = value_bytes, .max_entries = entries, .map_flags = flags};
	int map = bpf(BPF_MAP_CREATE, &attr);

	if (map < 0)
		die("BPF_MAP_CREATE");
	return map;
}

static void *map_memory(int map, size_t bytes)
{
	void *memory = mmap(NULL, (bytes + 4095) & ~4095ul, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void open_harness(struct harness *harness, u32 unique_bits)
{
	u32 cpus = (u32)sysconf(_SC_NPROCESSORS_CONF), table_size = (sizeof(struct table) + 127) & ~127u;
	u32 values_size = filter_values_bytes(unique_bits);
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	harness->tables = make_map(BPF_MAP_TYPE_ARRAY, table_size, cpus, BPF_F_MMAPABLE);
	harness->values = make_map(BPF_MAP_TYPE_ARRAY, values_size, cpus, BPF_F_MMAPABLE);
	for (u32 i = 0; i < 3; i++)
		harness->programs[i] = make_map(BPF_MAP_TYPE_PROG_ARRAY, 4, 32, 0);
	harness->table = map_memory(harness->tables, (size_t)table_size * cpus);
	harness->own = map_memory(harness->values, (size_t)values_size * cpus);
	harness->log = malloc(LOG_BYTES);
}

static int load_program(struct harness *harness, enum filter_access access, const struct bpf_insn *instructions,
			u32 count)
{
	union bpf_attr attr = {
		.prog_type = access == ACCESS_TCX ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP,
		.insns = (u64)(unsigned long)instructions,
		.insn_cnt = count,
		.license = (u64)(unsigned long)"Dual BSD/GPL",
		.prog_flags = access == ACCESS_FRAGMENTS ? XDP_HAS_FRAGS : 0,
	};
	int program = bpf(BPF_PROG_LOAD, &attr);

	if (program < 0 && (errno == EACCES || errno == EINVAL)) {
		attr.log_level = 1;
		attr.log_size = LOG_BYTES;
		attr.log_buf = (u64)(unsigned long)harness->log;
		harness->log[0] = 0;
		program = bpf(BPF_PROG_LOAD, &attr);
	}
	return program;
}

/* A program that puts a tag beside the frame, as reception does, and goes on to slot 0. */
static int load_tagger(struct harness *harness, u32 tag)
{
	struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = __builtin_bswap16((u16)(tag >> 16))},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = (int)(tag & 0xffff)},
		{.code = BPF_JMP | BPF_CALL, .imm = SKB_VLAN_PUSH},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 6},
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = 2,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = harness->programs[ACCESS_TCX]},
		{0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 99},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int program = load_program(harness, ACCESS_TCX, instructions, sizeof(instructions) / sizeof(instructions[0]));

	if (program < 0)
		die("tagger");
	return program;
}

static void put_first(struct harness *harness, int program)
{
	u32 key = 0;
	union bpf_attr attr = {.map_fd = (u32)harness->programs[ACCESS_TCX],
			       .key = (u64)(unsigned long)&key,
			       .value = (u64)(unsigned long)&program};

	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		die("BPF_MAP_UPDATE_ELEM");
}

/* The verdict, or -errno - 1000 when the kernel makes no such run. `linear` bytes lie before the first fragment; 0: all
 * that fit. */
static int run_program(int program, enum filter_access access, const u8 *frame, u32 bytes, u32 linear, u32 repeat,
		       u32 *nanoseconds)
{
	struct xdp_md xdp = {.data_end = linear};
	struct __sk_buff skb = {.data_end = linear};
	union bpf_attr attr = {0};

	attr.test.prog_fd = (u32)program;
	attr.test.data_in = (u64)(unsigned long)frame;
	attr.test.data_size_in = bytes;
	attr.test.repeat = repeat;
	if (linear) {
		attr.test.ctx_in = access == ACCESS_TCX ? (u64)(unsigned long)&skb : (u64)(unsigned long)&xdp;
		attr.test.ctx_size_in = access == ACCESS_TCX ? sizeof(skb) : sizeof(xdp);
	}
	if (bpf(BPF_PROG_TEST_RUN, &attr))
		return -errno - 1000;
	if (nanoseconds)
		*nanoseconds = attr.test.duration;
	return (int)attr.test.retval;
}

#endif
