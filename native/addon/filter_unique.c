/* SPDX-License-Identifier: Apache-2.0 */
/* Adds a field of the packet to a sketch, as filter_add_unique() does in C: fields.h, hash.h and sketch.h in
 * instructions. */
#include <stddef.h>

#include "../core/fields.h"
#include "filter_program.h"

#define OPERATE(op, dst, imm) emit(emitter, BPF_ALU64 | (op) | BPF_K, dst, 0, 0, imm)
#define OPERATE_REGISTER(op, dst, src) emit(emitter, BPF_ALU64 | (op) | BPF_X, dst, src, 0, 0)
#define ABSENT_IF(op, dst, imm) emit_jump(emitter, BPF_JMP | (op) | BPF_K, dst, 0, imm, TARGET_NEXT)

/* r2 ^= r2 >> bits */
static void emit_fold(struct emitter *emitter, u32 bits)
{
	MOVE(BPF_REG_3, BPF_REG_2);
	OPERATE(BPF_RSH, BPF_REG_3, bits);
	OPERATE_REGISTER(BPF_XOR, BPF_REG_2, BPF_REG_3);
}

static void emit_multiply(struct emitter *emitter, u64 by)
{
	emit_constant(emitter, BPF_REG_3, by);
	OPERATE_REGISTER(BPF_MUL, BPF_REG_2, BPF_REG_3);
}

/* r2 = mix64(r2 ^ r4) */
static void emit_mix(struct emitter *emitter)
{
	OPERATE_REGISTER(BPF_XOR, BPF_REG_2, BPF_REG_4);
	emit_fold(emitter, 30);
	emit_multiply(emitter, 0xbf58476d1ce4e5b9ULL);
	emit_fold(emitter, 27);
	emit_multiply(emitter, 0x94d049bb133111ebULL);
	emit_fold(emitter, 31);
}

static u32 layers_of(u32 field)
{
	switch (field) {
#define KEY(name, text, layer, bits, help, known, ...) \
	case FIELD_##name:                             \
		return LAYERS_OF_##layer;
#include "../gen/keys.h"
#undef KEY
	}
	return 0;
}

/* Bytes of the packet's memory where a field lies; 0 for the wide ones, which take two words. */
static u32 place_of(u32 field, int *at, int *known_at)
{
	*known_at = -1;
	switch (field) {
	case FIELD_ETH_TYPE:
		*at = PACKET_AT(pkt.ethertype);
		return 2;
	case FIELD_FRAME_LEN:
		*at = PACKET_AT(pkt.len);
		return 4;
	case FIELD_ICMP_CODE:
		*at = PACKET_AT(icmp.code);
		*known_at = PACKET_AT(icmp.code_known);
		return 1;
	case FIELD_ICMP_TYPE:
		*at = PACKET_AT(icmp.type);
		*known_at = PACKET_AT(icmp.type_known);
		return 1;
	case FIELD_IP_PROTO:
		*at = PACKET_AT(ip.protocol);
		return 1;
	case FIELD_IP_TTL:
		*at = PACKET_AT(ip.ttl);
		return 1;
	case FIELD_IP_VERSION:
		*at = PACKET_AT(pkt.version);
		return 1;
	case FIELD_L4_DST_PORT:
		*at = PACKET_AT(l4.destination);
		return 2;
	case FIELD_L4_SERVER_PORT:
	case FIELD_L4_SRC_PORT:
		*at = PACKET_AT(l4.source);
		return 2;
	case FIELD_TCP_FLAGS:
		*at = PACKET_AT(tcp.flags);
		*known_at = PACKET_AT(tcp.flags_known);
		return 1;
	case FIELD_VLAN_ID:
		*at = PACKET_AT(pkt.vlan);
		return 2;
	}
	return 0;
}

/* r2 = server_port(): r2 is the source already */
static void emit_server_port(struct emitter *emitter)
{
	u32 answer, asked, lower;

	LOAD_FROM(BPF_H, BPF_REG_4, BPF_REG_1, PACKET_AT(l4.destination));
	LOAD_FROM(BPF_B, BPF_REG_3, BPF_REG_1, PACKET_AT(l4.flags));
	OPERATE(BPF_AND, BPF_REG_3, TCP_SYN | TCP_ACK);
	answer = SKIP_IF(BPF_JEQ, BPF_REG_3, TCP_SYN | TCP_ACK);
	asked = SKIP_IF(BPF_JEQ, BPF_REG_3, TCP_SYN);
	lower = SKIP_IF_REGISTER(BPF_JLT, BPF_REG_2, BPF_REG_4);
	land(emitter, asked);
	MOVE(BPF_REG_2, BPF_REG_4);
	land(emitter, answer);
	land(emitter, lower);
}

static void emit_narrow(struct emitter *emitter, u32 field, u32 bytes, int at, int known_at)
{
	u32 within;

	if (known_at >= 0) {
		LOAD_FROM(BPF_B, BPF_REG_2, BPF_REG_1, known_at);
		ABSENT_IF(BPF_JEQ, BPF_REG_2, 0);
	}
	if (field == FIELD_ETH_TYPE) {
		LOAD_FROM(BPF_B, BPF_REG_2, BPF_REG_1, PACKET_AT(pkt.malformed));
		ABSENT_IF(BPF_JNE, BPF_REG_2, 0);
	}
	LOAD_FROM(bytes == 4 ? BPF_W : bytes == 2 ? BPF_H : BPF_B, BPF_REG_2, BPF_REG_1, at);
	switch (field) {
	case FIELD_FRAME_LEN:
		within = SKIP_IF(BPF_JLE, BPF_REG_2, 65535);
		SET(BPF_REG_2, 65535);
		land(emitter, within);
		break;
	case FIELD_VLAN_ID:
		ABSENT_IF(BPF_JEQ, BPF_REG_2, 0);
		OPERATE(BPF_AND, BPF_REG_2, 0xfff);
		break;
	case FIELD_L4_SERVER_PORT:
		emit_server_port(emitter);
		break;
	}
}

/* r2 = a word of a wide field */
static void emit_word(struct emitter *emitter, u32 field, u32 second)
{
	switch (field) {
	case FIELD_IP_SRC:
		LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_1, second ? PACKET_AT(ip.source.low) : PACKET_AT(ip.source.high));
		break;
	case FIELD_IP_DST:
		LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_1,
			  second ? PACKET_AT(ip.destination.low) : PACKET_AT(ip.destination.high));
		break;
	case FIELD_ETH_DST:
		LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_1, PACKET_AT(eth.destination));
		emit(emitter, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_2, 0, 0, 64);
		OPERATE(BPF_RSH, BPF_REG_2, 16);
		break;
	default:
		LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_1, PACKET_AT(eth.source));
		emit(emitter, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_2, 0, 0, 64);
		OPERATE(BPF_LSH, BPF_REG_2, 16);
		OPERATE(BPF_RSH, BPF_REG_2, 16);
	}
}

/* r2 = the field's hash; r1 is the table */
static void emit_hash(struct emitter *emitter, u32 field, u64 seed)
{
	int at, known_at;
	u32 bytes = place_of(field, &at, &known_at), layers = layers_of(field);

	if (layers) {
		LOAD_FROM(BPF_W, BPF_REG_2, BPF_REG_1, PACKET_AT(layers));
		OPERATE(BPF_AND, BPF_REG_2, layers);
		ABSENT_IF(BPF_JEQ, BPF_REG_2, 0);
	}
	if (bytes) {
		emit_narrow(emitter, field, bytes, at, known_at);
		emit_constant(emitter, BPF_REG_4, seed);
		emit_mix(emitter);
		return;
	}
	emit_word(emitter, field, 1);
	emit_constant(emitter, BPF_REG_4, seed);
	emit_mix(emitter);
	MOVE(BPF_REG_4, BPF_REG_2);
	emit_word(emitter, field, 0);
	emit_mix(emitter);
}

/* r3 = bit_length(r2), which is not 0 */
static void emit_bit_length(struct emitter *emitter)
{
	u32 low;

	SET(BPF_REG_3, 1);
	for (u32 bits = 32; bits; bits /= 2) {
		MOVE(BPF_REG_4, BPF_REG_2);
		OPERATE(BPF_RSH, BPF_REG_4, bits);
		low = SKIP_IF(BPF_JEQ, BPF_REG_4, 0);
		ADD(BPF_REG_3, bits);
		MOVE(BPF_REG_2, BPF_REG_4);
		land(emitter, low);
	}
}

void emit_unique(struct emitter *emitter, const struct filter *filter, const struct filter_target *target)
{
	u32 bits = target->unique_bits, rest_bits = 64 - bits, nonzero, fill;
	u32 at = (u32)offsetof(struct filter_values, registers) + (filter->cell << bits);

	emit_hash(emitter, filter->field, target->seed);
	/* r1 = the hash's register in the running epoch, r5 = what it holds */
	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_VALUES);
	LOAD_FROM(BPF_DW, BPF_REG_3, BPF_REG_1, offsetof(struct filter_values, epoch));
	OPERATE(BPF_AND, BPF_REG_3, 1);
	OPERATE(BPF_MUL, BPF_REG_3, FILTER_UNIQUES << bits);
	ADD_REGISTER(BPF_REG_1, BPF_REG_3);
	MOVE(BPF_REG_3, BPF_REG_2);
	OPERATE(BPF_RSH, BPF_REG_3, rest_bits);
	ADD_REGISTER(BPF_REG_1, BPF_REG_3);
	ADD(BPF_REG_1, at);
	LOAD_FROM(BPF_B, BPF_REG_5, BPF_REG_1, 0);
	/* r2 = the rest; a rank above the register's means that it is below 2^(rest_bits - r5) */
	OPERATE(BPF_LSH, BPF_REG_2, bits);
	OPERATE(BPF_RSH, BPF_REG_2, bits);
	SET(BPF_REG_4, rest_bits);
	OPERATE_REGISTER(BPF_SUB, BPF_REG_4, BPF_REG_5);
	OPERATE(BPF_AND, BPF_REG_4, 63);
	MOVE(BPF_REG_3, BPF_REG_2);
	OPERATE_REGISTER(BPF_RSH, BPF_REG_3, BPF_REG_4);
	ABSENT_IF(BPF_JNE, BPF_REG_3, 0);
	nonzero = SKIP_IF(BPF_JNE, BPF_REG_2, 0);
	SET(BPF_REG_3, 0);
	fill = SKIP();
	land(emitter, nonzero);
	emit_bit_length(emitter);
	land(emitter, fill);
	SET(BPF_REG_4, rest_bits + 1);
	OPERATE_REGISTER(BPF_SUB, BPF_REG_4, BPF_REG_3);
	STORE_TO(BPF_B, BPF_REG_1, 0, BPF_REG_4);
}
