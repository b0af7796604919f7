/* SPDX-License-Identifier: Apache-2.0 */
/* What a match does in the kernel: its bit for the groups, and what it adds. */
#include <stddef.h>

#include "filter_program.h"

void emit_matches(struct emitter *emitter, u32 index)
{
	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	STORE_TO(BPF_DW, BPF_REG_1, PACKET_AT(matches) + 8 * (int)((index - 1) / 64), REGISTER_MATCHES);
	SET(REGISTER_MATCHES, 0);
}

static void emit_bit(struct emitter *emitter, u32 index)
{
	if (index % 64 < 31) {
		emit(emitter, BPF_ALU64 | BPF_OR | BPF_K, REGISTER_MATCHES, 0, 0, 1u << index % 64);
		return;
	}
	emit_constant(emitter, BPF_REG_3, 1ull << index % 64);
	emit(emitter, BPF_ALU64 | BPF_OR | BPF_X, REGISTER_MATCHES, BPF_REG_3, 0, 0);
}

/* r4 = (frames - 1) * (full_bytes - r3): what the frames of a super-packet but the last add, `r3` bytes less each. */
static void emit_full_frames(struct emitter *emitter)
{
	LOAD_FROM(BPF_W, BPF_REG_4, BPF_REG_1, PACKET_AT(full_bytes));
	emit(emitter, BPF_ALU64 | BPF_SUB | BPF_X, BPF_REG_4, BPF_REG_3, 0, 0);
	LOAD_FROM(BPF_W, BPF_REG_2, BPF_REG_1, PACKET_AT(frames));
	ADD(BPF_REG_2, -1);
	emit(emitter, BPF_ALU64 | BPF_MUL | BPF_X, BPF_REG_4, BPF_REG_2, 0, 0);
}

static void emit_bytes(struct emitter *emitter)
{
	SET(BPF_REG_3, 0);
	emit_full_frames(emitter);
	LOAD_FROM(BPF_W, BPF_REG_2, BPF_REG_1, PACKET_AT(pkt.len));
	ADD_REGISTER(BPF_REG_4, BPF_REG_2);
}

/* r4 = bytes behind the TCP or UDP header, 0 when its place is not known: filter_payload() says the same in C. */
static void emit_payload(struct emitter *emitter)
{
	u32 unknown, short_of;

	SET(BPF_REG_4, 0);
	LOAD_FROM(BPF_W, BPF_REG_3, BPF_REG_1, PACKET_AT(header_bytes));
	unknown = SKIP_IF(BPF_JEQ, BPF_REG_3, 0);
	emit_full_frames(emitter);
	LOAD_FROM(BPF_W, BPF_REG_2, BPF_REG_1, PACKET_AT(network));
	LOAD_FROM(BPF_W, BPF_REG_5, BPF_REG_1, PACKET_AT(ip.len));
	ADD_REGISTER(BPF_REG_2, BPF_REG_5);
	short_of = SKIP_IF_REGISTER(BPF_JLE, BPF_REG_2, BPF_REG_3);
	ADD_REGISTER(BPF_REG_4, BPF_REG_2);
	emit(emitter, BPF_ALU64 | BPF_SUB | BPF_X, BPF_REG_4, BPF_REG_3, 0, 0);
	land(emitter, short_of);
	land(emitter, unknown);
}

void emit_match(struct emitter *emitter, const struct filter *filter, u32 index, const struct filter_target *target)
{
	int cell = (int)(offsetof(struct filter_values, cells) + 8 * filter->cell);

	emit_bit(emitter, index);
	if (filter->add == FILTER_ADD_NOTHING)
		return;
	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	switch (filter->add) {
	case FILTER_ADD_UNIQUE:
		emit_unique(emitter, filter, target);
		return;
	case FILTER_ADD_FRAMES:
		LOAD_FROM(BPF_W, BPF_REG_4, BPF_REG_1, PACKET_AT(frames));
		break;
	case FILTER_ADD_BYTES:
		emit_bytes(emitter);
		break;
	case FILTER_ADD_PAYLOAD:
		emit_payload(emitter);
		break;
	}
	LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_10, STACK_VALUES);
	LOAD_FROM(BPF_DW, BPF_REG_3, BPF_REG_2, cell);
	ADD_REGISTER(BPF_REG_3, BPF_REG_4);
	STORE_TO(BPF_DW, BPF_REG_2, cell, BPF_REG_3);
}
