/* SPDX-License-Identifier: Apache-2.0 */
#include "filter_translate.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "filter_emit.h"
#include "filter_program.h"

#define GROUP_PROGRAMS 16
#define XDP_GOES_ON 2  /* XDP_PASS */
#define TCX_GOES_ON -1 /* TCX_NEXT */

static void emit_verdict(struct emitter *emitter, const struct filter_target *target)
{
	SET(BPF_REG_0, target->access == ACCESS_TCX ? (u32)TCX_GOES_ON : XDP_GOES_ON);
	emit(emitter, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Leaves the address of this CPU's value in the stack. */
static void emit_lookup(struct emitter *emitter, const struct filter_target *target, int map, int slot)
{
	u32 found;

	emit_map(emitter, BPF_REG_1, map);
	MOVE(BPF_REG_2, BPF_REG_10);
	ADD(BPF_REG_2, STACK_CPU);
	CALL(BPF_FUNC_map_lookup_elem);
	found = SKIP_IF(BPF_JNE, BPF_REG_0, 0);
	emit_verdict(emitter, target); /* there is one for each CPU: only the verifier asks */
	land(emitter, found);
	STORE_TO(BPF_DW, BPF_REG_10, slot, BPF_REG_0);
}

/* Writes the frame's first bytes as they were on the wire: addresses, the tag, the first four bytes behind it. */
static void emit_wire_header(struct emitter *emitter)
{
	u32 whole;

	for (u32 i = 0; i < WIRE_HEADER_BYTES; i += 8)
		STORE_ZERO(BPF_REG_10, STACK_WIRE_HEADER + (int)i);
	emit_helper_load(emitter, ACCESS_TCX, 0, STACK_WIRE_HEADER, 12);
	emit_helper_load(emitter, ACCESS_TCX, 12, STACK_WIRE_HEADER + 16, 4);
	whole = SKIP_IF(BPF_JEQ, BPF_REG_0, 0);
	emit_helper_load(emitter, ACCESS_TCX, 12, STACK_WIRE_HEADER + 16, 2);
	land(emitter, whole);
	LOAD_FROM(BPF_W, BPF_REG_1, REGISTER_CONTEXT, offsetof(struct __sk_buff, vlan_proto)); /* network order */
	STORE_TO(BPF_H, BPF_REG_10, STACK_WIRE_HEADER + 12, BPF_REG_1);
	LOAD_FROM(BPF_W, BPF_REG_1, REGISTER_CONTEXT, offsetof(struct __sk_buff, vlan_tci));
	emit(emitter, BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_1, 0, 0, 16);
	STORE_TO(BPF_H, BPF_REG_10, STACK_WIRE_HEADER + 14, BPF_REG_1);
}

static void emit_start(struct emitter *emitter, const struct filter_target *target)
{
	MOVE(REGISTER_CONTEXT, BPF_REG_1);
	CALL(BPF_FUNC_get_smp_processor_id);
	STORE_TO(BPF_W, BPF_REG_10, STACK_CPU, BPF_REG_0);
	if (target->values >= 0)
		emit_lookup(emitter, target, target->values, STACK_VALUES);
	emit_lookup(emitter, target, target->tables, STACK_TABLE);
	SET(REGISTER_MATCHES, 0);
	for (int i = 0; i < MATCHES / 64; i++)
		STORE_ZERO(BPF_REG_0, PACKET_AT(matches) + 8 * i);
}

/* end_run() of native/bpf/timing.h. */
static void emit_end_run(struct emitter *emitter)
{
	u32 untimed, none, whole;

	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	LOAD_FROM(BPF_DW, REGISTER_A, BPF_REG_1, offsetof(struct table, began_ns));
	untimed = SKIP_IF(BPF_JEQ, REGISTER_A, 0);
	CALL(BPF_FUNC_ktime_get_ns);
	emit(emitter, BPF_ALU64 | BPF_SUB | BPF_X, BPF_REG_0, REGISTER_A, 0, 0);
	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	STORE_ZERO(BPF_REG_1, offsetof(struct table, began_ns));
	none = SKIP_IF(BPF_JSLE, BPF_REG_0, 0);
	whole = SKIP_IF(BPF_JLE, BPF_REG_0, TIMED_NS_MAX);
	SET(BPF_REG_0, TIMED_NS_MAX);
	land(emitter, whole);
	LOAD_FROM(BPF_DW, BPF_REG_2, BPF_REG_1, offsetof(struct table, timed_ns));
	ADD_REGISTER(BPF_REG_2, BPF_REG_0);
	STORE_TO(BPF_DW, BPF_REG_1, offsetof(struct table, timed_ns), BPF_REG_2);
	land(emitter, none);
	land(emitter, untimed);
}

/* The first program that is there runs, and goes on to those behind it; to find that a place is empty takes longer. */
static void emit_groups(struct emitter *emitter, const struct filter_target *target)
{
	u32 none, there, absent;

	LOAD_FROM(BPF_DW, BPF_REG_1, BPF_REG_10, STACK_TABLE);
	LOAD_FROM(BPF_DW, REGISTER_A, BPF_REG_1, offsetof(struct table, programs));
	emit(emitter, BPF_ALU64 | BPF_RSH | BPF_K, REGISTER_A, 0, 0, 1);
	none = SKIP_IF(BPF_JEQ, REGISTER_A, 0);
	for (u32 slot = 1; slot <= GROUP_PROGRAMS; slot++) {
		there = SKIP_IF(BPF_JSET, REGISTER_A, 1u << (slot - 1));
		absent = SKIP();
		land(emitter, there);
		MOVE(BPF_REG_1, REGISTER_CONTEXT);
		emit_map(emitter, BPF_REG_2, target->programs);
		SET(BPF_REG_3, slot);
		CALL(BPF_FUNC_tail_call);
		land(emitter, absent);
	}
	land(emitter, none);
	emit_end_run(emitter);
	emit_verdict(emitter, target);
}

static void emit_all(struct emitter *emitter, const struct filter *filters, u32 count,
		     const struct filter_target *target, int tagged)
{
	for (u32 i = 0; i < count; i++)
		emit_filter(emitter, &filters[i], i, target, tagged);
	if (count)
		emit_matches(emitter, count);
	emit_groups(emitter, target);
}

/* Frames with a tag beside them have all the filters once more, out of the way of the others. */
static void emit_program(struct emitter *emitter, const struct filter *filters, u32 count,
			 const struct filter_target *target)
{
	u32 untagged, tagged;

	emit_start(emitter, target);
	if (target->access != ACCESS_TCX || target->raw || !count) {
		emit_all(emitter, filters, count, target, 0);
		return;
	}
	LOAD_FROM(BPF_W, BPF_REG_1, REGISTER_CONTEXT, offsetof(struct __sk_buff, vlan_present));
	untagged = SKIP_IF(BPF_JEQ, BPF_REG_1, 0);
	tagged = SKIP();
	land(emitter, untagged);
	emit_all(emitter, filters, count, target, 0);
	land_far(emitter, tagged);
	emit_wire_header(emitter);
	emit_all(emitter, filters, count, target, 1);
}

struct bpf_insn *filters_translate(const struct filter *filters, u32 count, const struct filter_target *target,
				   u32 *length, const char **refusal)
{
	struct emitter *emitter = calloc(1, sizeof(*emitter));
	struct bpf_insn *instructions;

	*refusal = "out of memory";
	if (!emitter)
		return NULL;
	emit_program(emitter, filters, count, target);
	instructions = emitter->instructions;
	*length = emitter->count;
	*refusal = emitter->refusal;
	free(emitter);
	if (*refusal) {
		free(instructions);
		return NULL;
	}
	return instructions;
}
