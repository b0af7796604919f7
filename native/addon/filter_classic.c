/* SPDX-License-Identifier: Apache-2.0 */
#include "filter_classic.h"

#include <stddef.h>

/* Linux puts its ancillary loads (SKF_AD_OFF, SKF_NET_OFF, SKF_LL_OFF) at the top of the offsets. */
#define METADATA_OFFSETS 0xffe00000u
#define ADDRESSES 12 /* bytes of a frame before the tag */
#define TAG_BYTES 4

static const char unknown_load[] = "a load that is not known";
static const char unknown_operation[] = "an operation that is not known";
static const char beyond_memory[] = "memory beyond the sixteen words";

static const char *refuse_load(const struct sock_filter *at)
{
	u16 size = BPF_SIZE(at->code), class = BPF_CLASS(at->code);

	switch (BPF_MODE(at->code)) {
	case BPF_IMM:
	case BPF_LEN:
		return size == BPF_W ? NULL : unknown_load;
	case BPF_MEM:
		if (size != BPF_W)
			return unknown_load;
		return at->k < FILTER_MEMORY_WORDS ? NULL : beyond_memory;
	case BPF_MSH:
		if (class != BPF_LDX || size != BPF_B)
			return unknown_load;
		break;
	case BPF_ABS:
	case BPF_IND:
		if (class != BPF_LD || (size != BPF_W && size != BPF_H && size != BPF_B))
			return unknown_load;
		break;
	default:
		return unknown_load;
	}
	return at->k < METADATA_OFFSETS ? NULL : "it reads what the kernel knows beside a packet, not the packet";
}

static const char *refuse_alu(const struct sock_filter *at)
{
	switch (BPF_OP(at->code)) {
	case BPF_DIV:
	case BPF_MOD:
		return BPF_SRC(at->code) == BPF_K && !at->k ? "division by zero" : NULL;
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
	case BPF_LSH:
	case BPF_RSH:
	case BPF_NEG:
		return NULL;
	}
	return unknown_operation;
}

/* `left` instructions follow. */
static const char *refuse_jump(const struct sock_filter *at, u32 left)
{
	static const char outside[] = "a jump out of the program";

	switch (BPF_OP(at->code)) {
	case BPF_JA:
		if (at->k >> 31)
			return "a jump back (protochain): filters run without loops";
		return at->k < left ? NULL : outside;
	case BPF_JEQ:
	case BPF_JGT:
	case BPF_JGE:
	case BPF_JSET:
		return at->jt < left && at->jf < left ? NULL : outside;
	}
	return unknown_operation;
}

static const char *refuse(const struct sock_filter *at, u32 left)
{
	if (at->code > 0xff)
		return unknown_operation;
	switch (BPF_CLASS(at->code)) {
	case BPF_LD:
	case BPF_LDX:
		return refuse_load(at);
	case BPF_ST:
	case BPF_STX:
		return at->k < FILTER_MEMORY_WORDS ? NULL : beyond_memory;
	case BPF_ALU:
		return refuse_alu(at);
	case BPF_JMP:
		return refuse_jump(at, left);
	case BPF_RET:
		return BPF_RVAL(at->code) == BPF_K || BPF_RVAL(at->code) == BPF_A ? NULL : unknown_operation;
	}
	return BPF_MISCOP(at->code) == BPF_TAX || BPF_MISCOP(at->code) == BPF_TXA ? NULL : unknown_operation;
}

const char *filter_refusal(const struct sock_filter *program, u32 count)
{
	if (!count || count > FILTER_INSTRUCTIONS_MAX)
		return "it has no instructions, or more than 512";
	for (u32 i = 0; i < count; i++) {
		const char *reason = refuse(program + i, count - i - 1);

		if (reason)
			return reason;
	}
	return BPF_CLASS(program[count - 1].code) == BPF_RET ? NULL : "it does not end with an answer";
}

static u32 load_bytes(u16 code)
{
	return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

u32 filter_reach(const struct sock_filter *program, u32 count)
{
	u32 reach = 0, indexed = 0;
	int bounded = 1; /* X is a header's length, at most 60 */

	for (u32 i = 0; i < count; i++) {
		const struct sock_filter *at = &program[i];
		u16 class = BPF_CLASS(at->code), mode = BPF_MODE(at->code);
		u32 end = at->k < FILTER_REACHES_ALL ? at->k + load_bytes(at->code) : 0;

		if ((class == BPF_LDX && mode != BPF_MSH) || (class == BPF_MISC && BPF_MISCOP(at->code) == BPF_TAX))
			bounded = 0;
		if (class == BPF_LD && mode == BPF_IND)
			indexed = indexed > end + 60 ? indexed : end + 60;
		else if ((class == BPF_LD && mode == BPF_ABS) || (class == BPF_LDX && mode == BPF_MSH))
			reach = reach > end ? reach : end;
	}
	if (indexed && !bounded)
		return FILTER_REACHES_ALL;
	return reach > indexed ? reach : indexed;
}

static u8 wire_byte(const struct filter_frame *frame, u64 offset)
{
	if (offset < ADDRESSES)
		return frame->data[offset];
	if (offset < ADDRESSES + TAG_BYTES)
		return (u8)(frame->tag >> (24 - (offset - ADDRESSES) * 8));
	return frame->data[offset - TAG_BYTES];
}

/* Reads a number of 1, 2 or 4 bytes; 0 when it is not within the captured frame. */
static int load(const struct filter_frame *frame, u64 offset, u32 bytes, u32 *into)
{
	u64 end = offset + bytes;

	if (end > (u64)frame->captured + (frame->hidden ? TAG_BYTES : 0))
		return 0;
	if (frame->hidden && end > ADDRESSES) {
		*into = 0;
		for (u32 i = 0; i < bytes; i++)
			*into = *into << 8 | wire_byte(frame, offset + i);
		return 1;
	}
	*into = bytes == 4   ? load_be32(frame->data + offset)
		: bytes == 2 ? load_be16(frame->data + offset)
			     : frame->data[offset];
	return 1;
}

/* 0: the packet is rejected. */
static int load_accumulator(const struct sock_filter *at, const struct filter_frame *frame, const u32 *memory, u32 x,
			    u32 *a)
{
	switch (BPF_MODE(at->code)) {
	case BPF_ABS:
		return load(frame, at->k, load_bytes(at->code), a);
	case BPF_IND:
		return load(frame, (u64)at->k + x, load_bytes(at->code), a);
	case BPF_MEM:
		*a = memory[at->k];
		return 1;
	}
	*a = BPF_MODE(at->code) == BPF_LEN ? frame->wire : at->k;
	return 1;
}

static int load_index(const struct sock_filter *at, const struct filter_frame *frame, const u32 *memory, u32 *x)
{
	u32 byte;

	switch (BPF_MODE(at->code)) {
	case BPF_MSH:
		if (!load(frame, at->k, 1, &byte))
			return 0;
		*x = (byte & 15) << 2;
		return 1;
	case BPF_MEM:
		*x = memory[at->k];
		return 1;
	}
	*x = BPF_MODE(at->code) == BPF_LEN ? frame->wire : at->k;
	return 1;
}

static int compute(u32 operation, u32 *a, u32 b)
{
	switch (operation) {
	case BPF_DIV:
	case BPF_MOD:
		if (!b)
			return 0;
		*a = operation == BPF_DIV ? *a / b : *a % b;
		return 1;
	case BPF_ADD:
		*a += b;
		break;
	case BPF_SUB:
		*a -= b;
		break;
	case BPF_MUL:
		*a *= b;
		break;
	case BPF_AND:
		*a &= b;
		break;
	case BPF_OR:
		*a |= b;
		break;
	case BPF_XOR:
		*a ^= b;
		break;
	case BPF_LSH:
		*a = b < 32 ? *a << b : 0;
		break;
	case BPF_RSH:
		*a = b < 32 ? *a >> b : 0;
		break;
	case BPF_NEG:
		*a = 0 - *a;
		break;
	}
	return 1;
}

static u32 jump(const struct sock_filter *at, u32 a, u32 b)
{
	int taken;

	switch (BPF_OP(at->code)) {
	case BPF_JA:
		return at->k;
	case BPF_JEQ:
		taken = a == b;
		break;
	case BPF_JGT:
		taken = a > b;
		break;
	case BPF_JGE:
		taken = a >= b;
		break;
	default:
		taken = (a & b) != 0;
	}
	return taken ? at->jt : at->jf;
}

int filter_run(const struct sock_filter *at, const struct filter_frame *frame)
{
	u32 memory[FILTER_MEMORY_WORDS] = {0};
	u32 a = 0, x = 0;

	for (;; at++) {
		u32 operand = BPF_SRC(at->code) == BPF_X ? x : at->k;

		switch (BPF_CLASS(at->code)) {
		case BPF_LD:
			if (!load_accumulator(at, frame, memory, x, &a))
				return 0;
			break;
		case BPF_LDX:
			if (!load_index(at, frame, memory, &x))
				return 0;
			break;
		case BPF_ST:
			memory[at->k] = a;
			break;
		case BPF_STX:
			memory[at->k] = x;
			break;
		case BPF_ALU:
			if (!compute(BPF_OP(at->code), &a, operand))
				return 0;
			break;
		case BPF_JMP:
			at += jump(at, a, operand);
			break;
		case BPF_RET:
			return (BPF_RVAL(at->code) == BPF_A ? a : at->k) != 0;
		default:
			if (BPF_MISCOP(at->code) == BPF_TAX)
				x = a;
			else
				a = x;
		}
	}
}
