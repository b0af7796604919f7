/* SPDX-License-Identifier: Apache-2.0 */
/* A classic program's instructions, one after another, in the kernel's. */
#include "filter_program.h"

#include <stddef.h>
#include <string.h>

struct writing {
	const struct filter *filter;
	const struct filter_target *target;
	struct view view;
	u8 reached[FILTER_INSTRUCTIONS_MAX];
};

static int memory_at(u32 word)
{
	return STACK_MEMORY + (int)word * 8;
}

/* Where a jump to an instruction leads; answers are left out. */
static int resolve(struct writing *writing, u32 to)
{
	const struct sock_filter *at = &writing->filter->instructions[to];

	if (at->code == (BPF_RET | BPF_K))
		return at->k ? TARGET_MATCH : TARGET_NEXT;
	writing->reached[to] = 1;
	return (int)to;
}

static void emit_length(struct emitter *emitter, const struct writing *writing, u8 into)
{
	if (writing->target->access == ACCESS_TCX) {
		LOAD_FROM(BPF_W, into, REGISTER_CONTEXT, offsetof(struct __sk_buff, len));
		if (writing->view.tagged)
			emit(emitter, BPF_ALU | BPF_ADD | BPF_K, into, 0, 0, 4);
	} else {
		LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
		LOAD_FROM(BPF_W, into, BPF_REG_1, PACKET_AT(pkt.len));
	}
}

static void emit_loads(struct emitter *emitter, const struct writing *writing, const struct sock_filter *at)
{
	u8 into = BPF_CLASS(at->code) == BPF_LD ? REGISTER_A : REGISTER_X;
	u32 bytes = BPF_SIZE(at->code) == BPF_W ? 4 : BPF_SIZE(at->code) == BPF_H ? 2 : 1;

	switch (BPF_MODE(at->code)) {
	case BPF_ABS:
	case BPF_IND:
		emit_load(emitter, &writing->view, into, at->k, BPF_MODE(at->code) == BPF_IND, bytes);
		break;
	case BPF_MSH:
		emit_load(emitter, &writing->view, into, at->k, 0, 1);
		emit(emitter, BPF_ALU | BPF_AND | BPF_K, into, 0, 0, 15);
		emit(emitter, BPF_ALU | BPF_LSH | BPF_K, into, 0, 0, 2);
		break;
	case BPF_MEM:
		LOAD_FROM(BPF_DW, into, BPF_REG_10, memory_at(at->k));
		break;
	case BPF_LEN:
		emit_length(emitter, writing, into);
		break;
	default:
		SET(into, at->k);
	}
}

static void emit_shift(struct emitter *emitter, const struct sock_filter *at)
{
	u32 within, done;

	if (BPF_SRC(at->code) == BPF_K) {
		if (at->k < 32)
			emit(emitter, BPF_ALU | BPF_OP(at->code) | BPF_K, REGISTER_A, 0, 0, at->k);
		else
			SET(REGISTER_A, 0);
		return;
	}
	within = SKIP_IF(BPF_JLT, REGISTER_X, 32);
	SET(REGISTER_A, 0);
	done = SKIP();
	land(emitter, within);
	emit(emitter, BPF_ALU | BPF_OP(at->code) | BPF_X, REGISTER_A, REGISTER_X, 0, 0);
	land(emitter, done);
}

static void emit_alu(struct emitter *emitter, const struct sock_filter *at)
{
	u16 operation = BPF_OP(at->code);

	if (operation == BPF_LSH || operation == BPF_RSH) {
		emit_shift(emitter, at);
		return;
	}
	if (operation == BPF_NEG) {
		emit(emitter, BPF_ALU | BPF_NEG, REGISTER_A, 0, 0, 0);
		return;
	}
	if (BPF_SRC(at->code) == BPF_K) {
		emit(emitter, BPF_ALU | operation | BPF_K, REGISTER_A, 0, 0, at->k);
		return;
	}
	if (operation == BPF_DIV || operation == BPF_MOD)
		emit_jump(emitter, BPF_JMP | BPF_JEQ | BPF_K, REGISTER_X, 0, 0, TARGET_NEXT);
	emit(emitter, BPF_ALU | operation | BPF_X, REGISTER_A, REGISTER_X, 0, 0);
}

static void emit_branch(struct emitter *emitter, struct writing *writing, u32 i)
{
	static const u8 opposite[] = {[BPF_JEQ >> 4] = BPF_JNE, [BPF_JGT >> 4] = BPF_JLE, [BPF_JGE >> 4] = BPF_JLT};
	const struct sock_filter *at = &writing->filter->instructions[i];
	u8 operation = BPF_OP(at->code), from = BPF_SRC(at->code);
	u8 other = from == BPF_X ? REGISTER_X : 0;
	u32 imm = from == BPF_X ? 0 : at->k;
	int yes, no;

	if (operation == BPF_JA || at->jt == at->jf) {
		u32 to = i + 1 + (operation == BPF_JA ? at->k : at->jt);

		emit_jump(emitter, BPF_JMP | BPF_JA, 0, 0, 0, resolve(writing, to));
		return;
	}
	yes = resolve(writing, i + 1 + at->jt);
	no = resolve(writing, i + 1 + at->jf);
	if (yes == (int)i + 1 && operation != BPF_JSET) {
		emit_jump(emitter, BPF_JMP32 | opposite[operation >> 4] | from, REGISTER_A, other, imm, no);
		return;
	}
	emit_jump(emitter, BPF_JMP32 | operation | from, REGISTER_A, other, imm, yes);
	if (no != (int)i + 1)
		emit_jump(emitter, BPF_JMP | BPF_JA, 0, 0, 0, no);
}

static void emit_answer(struct emitter *emitter, const struct sock_filter *at)
{
	if (BPF_RVAL(at->code) == BPF_A) {
		emit_jump(emitter, BPF_JMP32 | BPF_JNE | BPF_K, REGISTER_A, 0, 0, TARGET_MATCH);
		emit_jump(emitter, BPF_JMP | BPF_JA, 0, 0, 0, TARGET_NEXT);
	} else {
		emit_jump(emitter, BPF_JMP | BPF_JA, 0, 0, 0, at->k ? TARGET_MATCH : TARGET_NEXT);
	}
}

/* Returns whether the next instruction is reached by falling through. */
static int emit_instruction(struct emitter *emitter, struct writing *writing, u32 i)
{
	const struct sock_filter *at = &writing->filter->instructions[i];

	switch (BPF_CLASS(at->code)) {
	case BPF_LD:
	case BPF_LDX:
		emit_loads(emitter, writing, at);
		return 1;
	case BPF_ST:
		STORE_TO(BPF_DW, BPF_REG_10, memory_at(at->k), REGISTER_A);
		return 1;
	case BPF_STX:
		STORE_TO(BPF_DW, BPF_REG_10, memory_at(at->k), REGISTER_X);
		return 1;
	case BPF_ALU:
		emit_alu(emitter, at);
		return 1;
	case BPF_JMP:
		emit_branch(emitter, writing, i);
		return 0; /* resolve() has marked where it leads */
	case BPF_RET:
		emit_answer(emitter, at);
		return 0;
	}
	if (BPF_MISCOP(at->code) == BPF_TAX)
		MOVE32(REGISTER_X, REGISTER_A);
	else
		MOVE32(REGISTER_A, REGISTER_X);
	return 1;
}

/* Code that is never reached is left out: the verifier refuses it. */
static void emit_body(struct emitter *emitter, struct writing *writing)
{
	memset(writing->reached, 0, sizeof(writing->reached));
	writing->reached[0] = 1;
	for (u32 i = 0; i < writing->filter->count; i++) {
		if (!writing->reached[i])
			continue;
		bind_jumps(emitter, (int)i);
		if (emit_instruction(emitter, writing, i))
			writing->reached[i + 1] = 1;
	}
}

/* A and X begin as 0, and so does memory that the program reads. */
static void emit_reset(struct emitter *emitter, const struct filter *filter)
{
	u32 read = 0;

	SET(REGISTER_A, 0);
	SET(REGISTER_X, 0);
	for (u32 i = 0; i < filter->count; i++) {
		u16 code = filter->instructions[i].code;

		if (BPF_CLASS(code) <= BPF_LDX && BPF_MODE(code) == BPF_MEM)
			read |= 1u << filter->instructions[i].k;
	}
	for (u32 word = 0; word < FILTER_MEMORY_WORDS; word++)
		if (read >> word & 1)
			STORE_ZERO(BPF_REG_10, memory_at(word));
}

static void emit_layers(struct emitter *emitter, const struct filter *filter)
{
	if (!filter->layers)
		return;
	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	LOAD_FROM(BPF_W, BPF_REG_1, BPF_REG_1, PACKET_AT(layers));
	emit(emitter, BPF_ALU | BPF_AND | BPF_K, BPF_REG_1, 0, 0, filter->layers);
	emit_jump(emitter, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_1, 0, filter->layers, TARGET_NEXT);
}

void emit_filter(struct emitter *emitter, const struct filter *filter, u32 index, const struct filter_target *target,
		 int tagged)
{
	struct writing writing = {
		.filter = filter, .target = target, .view = {.access = target->access, .tagged = tagged}};

	emitter->jump_count = 0;
	if (index && index % 64 == 0)
		emit_matches(emitter, index);
	emit_layers(emitter, filter);
	emit_reset(emitter, filter);
	if (target->access == ACCESS_LINEAR) {
		LOAD_FROM(BPF_W, REGISTER_DATA, REGISTER_CONTEXT, offsetof(struct xdp_md, data));
		LOAD_FROM(BPF_W, REGISTER_END, REGISTER_CONTEXT, offsetof(struct xdp_md, data_end));
	}
	emit_body(emitter, &writing);
	if (is_awaited(emitter, TARGET_MATCH)) {
		bind_jumps(emitter, TARGET_MATCH);
		emit_match(emitter, filter, index, target);
	}
	bind_jumps(emitter, TARGET_NEXT);
}
