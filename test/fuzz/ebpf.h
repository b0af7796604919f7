/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine for the kernel's instructions (Documentation/bpf/standardization/instruction-set.rst), as far as filters
 * are translated to them. Memory has made-up addresses below 4 GiB; a load or store outside of it ends the run.
 */
#ifndef PKTSPOT_FUZZ_EBPF_H
#define PKTSPOT_FUZZ_EBPF_H

#include <linux/bpf.h>

#include "input.h"

#define REGIONS 6
#define STACK_BYTES 512
#define UNKNOWN 0xdeadbeefdeadbeefULL /* what a register holds that must not be read */

struct region {
	u64 base;
	u8 *memory;
	u64 bytes;
};

struct machine {
	struct region regions[REGIONS];
	u64 registers[11];
	const u8 *packet; /* of which a region may hold the beginning only */
	u64 packet_bytes;
	u64 (*call)(struct machine *machine, int function);
};

static inline u8 *memory_at(const struct machine *machine, u64 address, u64 bytes)
{
	for (u32 i = 0; i < REGIONS; i++) {
		const struct region *region = &machine->regions[i];

		if (address >= region->base && address + bytes <= region->base + region->bytes)
			return region->memory + (address - region->base);
	}
	return NULL;
}

static inline u32 width_of(u8 code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : BPF_SIZE(code) == BPF_B ? 1 : 8;
}

static inline void move_memory(struct machine *machine, const struct bpf_insn *at)
{
	u64 *into = &machine->registers[at->dst_reg], value = (u64)(long long)at->imm;
	u64 base = BPF_CLASS(at->code) == BPF_LDX ? machine->registers[at->src_reg] : *into;
	u32 bytes = width_of(at->code);
	u8 *memory = memory_at(machine, base + (u64)(long long)at->off, bytes);

	must(memory && BPF_MODE(at->code) == BPF_MEM);
	if (BPF_CLASS(at->code) == BPF_LDX) {
		*into = 0;
		memcpy(into, memory, bytes);
		return;
	}
	if (BPF_CLASS(at->code) == BPF_STX)
		value = machine->registers[at->src_reg];
	memcpy(memory, &value, bytes);
}

static inline u64 computed(u8 operation, u64 a, u64 b, u32 bits)
{
	switch (operation) {
	case BPF_MOV:
		return b;
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		must(b);
		return a / b;
	case BPF_MOD:
		must(b);
		return a % b;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		must(b < bits);
		return a << b;
	case BPF_RSH:
		must(b < bits);
		return a >> b;
	case BPF_NEG:
		return 0 - a;
	}
	must(!"an operation that no filter needs");
	return 0;
}

static inline u64 swapped(u64 value, int bits)
{
	must(bits == 16 || bits == 32 || bits == 64);
	return __builtin_bswap64(value) >> (64 - bits);
}

static inline void operate(struct machine *machine, const struct bpf_insn *at)
{
	u64 *into = &machine->registers[at->dst_reg];
	u64 operand = BPF_SRC(at->code) == BPF_X ? machine->registers[at->src_reg] : (u64)(long long)at->imm;

	if (BPF_OP(at->code) == BPF_END) {
		must(BPF_SRC(at->code) == BPF_TO_BE);
		*into = swapped(*into, at->imm);
	} else if (BPF_CLASS(at->code) == BPF_ALU64) {
		*into = computed(BPF_OP(at->code), *into, operand, 64);
	} else {
		*into = (u32)computed(BPF_OP(at->code), (u32)*into, (u32)operand, 32);
	}
}

static inline int is_taken(const struct machine *machine, const struct bpf_insn *at)
{
	u64 a = machine->registers[at->dst_reg];
	u64 b = BPF_SRC(at->code) == BPF_X ? machine->registers[at->src_reg] : (u64)(long long)at->imm;

	if (BPF_CLASS(at->code) == BPF_JMP32) {
		a = (u32)a;
		b = (u32)b;
	}
	switch (BPF_OP(at->code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSLE:
		return (long long)a <= (long long)b;
	case BPF_JSET:
		return (a & b) != 0;
	}
	must(!"a jump that no filter needs");
	return 0;
}

static inline int is_always(const struct bpf_insn *at)
{
	return BPF_OP(at->code) == BPF_JA;
}

static inline long distance(const struct bpf_insn *at)
{
	return at->code == (BPF_JMP32 | BPF_JA) ? at->imm : at->off;
}

/* Runs to the end and gives the verdict. */
static inline u64 run(struct machine *machine, const struct bpf_insn *program, u32 count)
{
	u64 *registers = machine->registers;

	for (u32 at = 0; at < count; at++) {
		const struct bpf_insn *own = &program[at];

		must(own->dst_reg <= 10 && own->src_reg <= 10);
		switch (BPF_CLASS(own->code)) {
		case BPF_LD:
			must(own->code == (BPF_LD | BPF_DW | BPF_IMM) && at + 1 < count && !program[at + 1].code);
			registers[own->dst_reg] = (u32)own->imm | (u64)(u32)program[++at].imm << 32;
			break;
		case BPF_ALU:
		case BPF_ALU64:
			operate(machine, own);
			break;
		case BPF_LDX:
		case BPF_ST:
		case BPF_STX:
			move_memory(machine, own);
			break;
		default:
			if (own->code == (BPF_JMP | BPF_EXIT))
				return registers[0];
			if (own->code == (BPF_JMP | BPF_CALL)) {
				registers[0] = machine->call(machine, own->imm);
				for (u32 i = 1; i <= 5; i++)
					registers[i] = UNKNOWN;
			} else if (is_always(own) || is_taken(machine, own)) {
				must(distance(own) >= 0);
				at += (u32)distance(own);
			}
		}
		must(registers[10] == machine->regions[0].base + STACK_BYTES);
	}
	must(!"an end without an answer");
	return 0;
}

/* The kernel refuses instructions that nothing leads to, and jumps into the middle of one. */
static inline void check_reached(const struct bpf_insn *program, u32 count)
{
	u8 *reached = calloc(count + 1, 1);

	must(reached);
	reached[0] = 1;
	for (u32 at = 0; at < count; at++) {
		const struct bpf_insn *own = &program[at];
		u32 next = at + (own->code == (BPF_LD | BPF_DW | BPF_IMM) ? 2 : 1);
		int jumps = (BPF_CLASS(own->code) == BPF_JMP || BPF_CLASS(own->code) == BPF_JMP32) &&
			    BPF_OP(own->code) != BPF_CALL && BPF_OP(own->code) != BPF_EXIT;

		must(reached[at] == 1);
		if (jumps) {
			must(distance(own) >= 0 && next + distance(own) < count && reached[next + distance(own)] != 2);
			reached[next + distance(own)] = 1;
		}
		if (next == at + 2) {
			must(!reached[at + 1]);
			reached[++at] = 2;
		}
		if (own->code != (BPF_JMP | BPF_EXIT) && !(jumps && is_always(own))) {
			must(next < count);
			reached[next] = 1;
		}
	}
	free(reached);
}

#endif
