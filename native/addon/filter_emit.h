/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions being written one after another; jumps to places that come later are patched. */
#ifndef PKTSPOT_FILTER_EMIT_H
#define PKTSPOT_FILTER_EMIT_H

#include <linux/bpf.h>

#include "../core/types.h"

#define JUMP_MAX 32767
#define JUMPS_MAX 16384

/* A jump that waits for its target: a classic instruction's number, or one of these. */
enum target { TARGET_NEXT = -1, TARGET_MATCH = -2 };

struct jump {
	u32 from;
	int target;
};

struct emitter {
	struct bpf_insn *instructions;
	u32 count;
	u32 room;
	struct jump jumps[JUMPS_MAX]; /* of the filter being written */
	u32 jump_count;
	const char *refusal; /* NULL: all is well so far */
};

/* Returns the instruction's number. */
u32 emit(struct emitter *emitter, u8 code, u8 dst, u8 src, int offset, u32 imm);
/* Jumps wait in the list until bind_jumps() has their target. */
void emit_jump(struct emitter *emitter, u8 code, u8 dst, u8 src, u32 imm, int target);
/* The next instruction is the target. */
void bind_jumps(struct emitter *emitter, int target);
int is_awaited(const struct emitter *emitter, int target);
/* A short jump forward within a few instructions: land() says where to. */
void land(struct emitter *emitter, u32 from);
/* The same for a jump without condition over any distance; long ones need Linux 6.6, as tcx does. */
void land_far(struct emitter *emitter, u32 from);
void emit_map(struct emitter *emitter, u8 dst, int map);
void emit_constant(struct emitter *emitter, u8 dst, u64 value);

#define MOVE(dst, src) emit(emitter, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define MOVE32(dst, src) emit(emitter, BPF_ALU | BPF_MOV | BPF_X, dst, src, 0, 0)
#define SET(dst, imm) emit(emitter, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, imm)
#define ADD(dst, imm) emit(emitter, BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, (u32)(imm))
#define ADD_REGISTER(dst, src) emit(emitter, BPF_ALU64 | BPF_ADD | BPF_X, dst, src, 0, 0)
#define LOAD_FROM(size, dst, src, offset) emit(emitter, BPF_LDX | BPF_MEM | (size), dst, src, offset, 0)
#define STORE_TO(size, dst, offset, src) emit(emitter, BPF_STX | BPF_MEM | (size), dst, src, offset, 0)
#define STORE_ZERO(dst, offset) emit(emitter, BPF_ST | BPF_MEM | BPF_DW, dst, 0, offset, 0)
#define CALL(helper) emit(emitter, BPF_JMP | BPF_CALL, 0, 0, 0, helper)
/* Skips forward; give the number to land(). */
#define SKIP_IF(op, dst, imm) emit(emitter, BPF_JMP | (op) | BPF_K, dst, 0, 0, imm)
#define SKIP_IF_REGISTER(op, dst, src) emit(emitter, BPF_JMP | (op) | BPF_X, dst, src, 0, 0)
#define SKIP() emit(emitter, BPF_JMP | BPF_JA, 0, 0, 0, 0)

#endif
