/* SPDX-License-Identifier: Apache-2.0 */
#include "filter_emit.h"

#include <stdlib.h>

u32 emit(struct emitter *emitter, u8 code, u8 dst, u8 src, int offset, u32 imm)
{
	struct bpf_insn instruction = {
		.code = code, .dst_reg = dst & 15, .src_reg = src & 15, .off = (short)offset, .imm = (int)imm};

	if (emitter->count == emitter->room) {
		u32 room = emitter->room ? emitter->room * 2 : 1024;
		struct bpf_insn *grown = realloc(emitter->instructions, room * sizeof(*grown));

		if (!grown) {
			emitter->refusal = "out of memory";
			emitter->count = 0; /* go on writing somewhere: the result is thrown away */
			if (!emitter->room)
				return 0;
		} else {
			emitter->instructions = grown;
			emitter->room = room;
		}
	}
	emitter->instructions[emitter->count] = instruction;
	return emitter->count++;
}

void emit_jump(struct emitter *emitter, u8 code, u8 dst, u8 src, u32 imm, int target)
{
	u32 from = emit(emitter, code, dst, src, 0, imm);

	if (emitter->jump_count == JUMPS_MAX)
		emitter->refusal = "too many jumps";
	else
		emitter->jumps[emitter->jump_count++] = (struct jump){from, target};
}

void land(struct emitter *emitter, u32 from)
{
	u32 distance = emitter->count - from - 1;

	if (distance > JUMP_MAX)
		emitter->refusal = "it is too long: a jump passes 32,767 instructions";
	else if (from < emitter->count)
		emitter->instructions[from].off = (short)distance;
}

void land_far(struct emitter *emitter, u32 from)
{
	u32 distance = emitter->count - from - 1;

	if (distance <= JUMP_MAX) {
		land(emitter, from);
	} else if (from < emitter->count) {
		emitter->instructions[from].code = BPF_JMP32 | BPF_JA;
		emitter->instructions[from].imm = (int)distance;
	}
}

void bind_jumps(struct emitter *emitter, int target)
{
	u32 kept = 0;

	for (u32 i = 0; i < emitter->jump_count; i++) {
		if (emitter->jumps[i].target == target)
			land(emitter, emitter->jumps[i].from);
		else
			emitter->jumps[kept++] = emitter->jumps[i];
	}
	emitter->jump_count = kept;
}

int is_awaited(const struct emitter *emitter, int target)
{
	for (u32 i = 0; i < emitter->jump_count; i++)
		if (emitter->jumps[i].target == target)
			return 1;
	return 0;
}

static void emit_wide(struct emitter *emitter, u8 dst, u8 kind, u64 value)
{
	emit(emitter, BPF_LD | BPF_DW | BPF_IMM, dst, kind, 0, (u32)value);
	emit(emitter, 0, 0, 0, 0, (u32)(value >> 32));
}

void emit_map(struct emitter *emitter, u8 dst, int map)
{
	emit_wide(emitter, dst, BPF_PSEUDO_MAP_FD, (u32)map);
}

void emit_constant(struct emitter *emitter, u8 dst, u64 value)
{
	emit_wide(emitter, dst, 0, value);
}
