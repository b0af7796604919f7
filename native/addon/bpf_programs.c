/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf_programs.h"

#include <stdlib.h>
#include <string.h>

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
#define PROGRAM(name, type) \
	{name##_instructions, LENGTH(name##_instructions), name##_references, LENGTH(name##_references), type}

const struct program xdp_program = PROGRAM(xdp, BPF_PROG_TYPE_XDP);
const struct program tcx_program = PROGRAM(tcx, BPF_PROG_TYPE_SCHED_CLS);
const struct program group_xdp_program = PROGRAM(group_xdp, BPF_PROG_TYPE_XDP);
const struct program group_tcx_program = PROGRAM(group_tcx, BPF_PROG_TYPE_SCHED_CLS);
const struct program drops_program = PROGRAM(drops_raw_tp, BPF_PROG_TYPE_RAW_TRACEPOINT);

u32 program_type(const struct program *program)
{
	return program->type;
}

static int is_constant(enum map map)
{
	return map == MAP_LAYOUT || map == MAP_CONSTANTS;
}

/* Constants and the keys are reached by address, the other maps through the kernel's functions. */
static void refer(struct bpf_insn *instruction, const struct reference *reference, int map)
{
	if (is_constant(reference->map) || reference->map == MAP_KEYS) {
		instruction[1].imm = instruction->imm + (is_constant(reference->map) ? (int)reference->offset : 0);
		instruction->src_reg = BPF_PSEUDO_MAP_VALUE;
	} else {
		instruction->src_reg = BPF_PSEUDO_MAP_FD;
	}
	instruction->imm = map;
}

static int is_place(int imm)
{
	return (u32)imm >= PLACEHOLDER && (u32)imm < PLACEHOLDER + sizeof(struct group_spec);
}

/* Writes the members of the spec where SPEC() and SPEC64() left room for them. */
static void write_spec(struct bpf_insn *instructions, u32 count, const struct group_spec *spec)
{
	const u8 *members = (const u8 *)spec;

	for (u32 i = 0; i < count; i++) {
		struct bpf_insn *instruction = &instructions[i];
		u32 operation = instruction->code & ~BPF_ALU64;

		if (instruction->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			if (!instruction->src_reg && (u32)instruction[1].imm == PLACEHOLDER &&
			    is_place(instruction->imm)) {
				const u8 *member = members + ((u32)instruction->imm - PLACEHOLDER);

				memcpy(&instruction[0].imm, member, 4);
				memcpy(&instruction[1].imm, member + 4, 4);
			}
			i++;
		} else if (operation == (BPF_MOV | BPF_K) && is_place(instruction->imm)) {
			memcpy(&instruction->imm, members + ((u32)instruction->imm - PLACEHOLDER), 4);
		}
	}
}

struct bpf_insn *prepared(const struct program *program, const int maps[MAPS], const struct group_spec *spec,
			  u32 *count)
{
	struct bpf_insn *instructions = malloc(program->instruction_count * sizeof(*instructions));

	*count = program->instruction_count;
	if (!instructions)
		return NULL;
	memcpy(instructions, program->instructions, program->instruction_count * sizeof(*instructions));
	for (u32 i = 0; i < program->reference_count; i++) {
		const struct reference *reference = &program->references[i];

		refer(&instructions[reference->instruction], reference, maps[reference->map]);
	}
	if (spec)
		write_spec(instructions, *count, spec);
	return instructions;
}
