/* SPDX-License-Identifier: Apache-2.0 */
/* Loads of packet bytes: straight from memory where they are, else by the kernel's function. */
#include <stddef.h>

#include "filter_program.h"

#define XDP_LOAD_BYTES 189 /* BPF_FUNC_xdp_load_bytes, Linux 5.18 */
#define ADDRESSES 12
#define TAG_BYTES 4
#define NEAR_MAX 0x7fff /* the instructions' own offsets are 16 bits with a sign */
#define FAR_MAX 0xfff0  /* the verifier's bound on packet pointers */

static u8 size_of(u32 bytes)
{
	return bytes == 4 ? BPF_W : bytes == 2 ? BPF_H : BPF_B;
}

static void emit_host_order(struct emitter *emitter, u8 in, u32 bytes)
{
	if (bytes > 1)
		emit(emitter, BPF_ALU | BPF_END | BPF_TO_BE, in, 0, 0, bytes * 8);
}

/* Rejects always; the verifier takes what follows for reachable. */
static void emit_reject(struct emitter *emitter, u8 into)
{
	SET(into, 0);
	emit_jump(emitter, BPF_JMP | BPF_JEQ | BPF_K, into, 0, 0, TARGET_NEXT);
}

/* Calls the kernel for bytes at the offset in r2. */
static void emit_call(struct emitter *emitter, enum filter_access access, int stack, u32 bytes)
{
	MOVE(BPF_REG_1, REGISTER_CONTEXT);
	MOVE(BPF_REG_3, BPF_REG_10);
	ADD(BPF_REG_3, stack);
	SET(BPF_REG_4, bytes);
	CALL(access == ACCESS_TCX ? BPF_FUNC_skb_load_bytes : XDP_LOAD_BYTES);
}

void emit_helper_load(struct emitter *emitter, enum filter_access access, u32 offset, int stack, u32 bytes)
{
	SET(BPF_REG_2, offset);
	emit_call(emitter, access, stack, bytes);
}

static void emit_slow(struct emitter *emitter, const struct view *view, u8 into, u32 bytes)
{
	emit_call(emitter, view->access, STACK_BUFFER, bytes);
	emit_jump(emitter, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, 0, TARGET_NEXT);
	LOAD_FROM(size_of(bytes), into, BPF_REG_10, STACK_BUFFER);
}

/* Where the bounds are read anew for each load, what is known of them does not keep the verifier's paths apart. */
static void emit_bounds(struct emitter *emitter, const struct view *view)
{
	int tcx = view->access == ACCESS_TCX;

	LOAD_FROM(BPF_W, BPF_REG_1, REGISTER_CONTEXT,
		  tcx ? (int)offsetof(struct __sk_buff, data) : (int)offsetof(struct xdp_md, data));
	LOAD_FROM(BPF_W, REGISTER_END, REGISTER_CONTEXT,
		  tcx ? (int)offsetof(struct __sk_buff, data_end) : (int)offsetof(struct xdp_md, data_end));
}

/* r1 is the frame's start, `offset` a constant within NEAR_MAX. */
static void emit_near(struct emitter *emitter, const struct view *view, u8 start, u8 into, u32 offset, u32 bytes)
{
	u32 beyond, loaded;

	MOVE(BPF_REG_2, start);
	ADD(BPF_REG_2, offset + bytes);
	if (view->access == ACCESS_LINEAR) {
		emit_jump(emitter, BPF_JMP | BPF_JGT | BPF_X, BPF_REG_2, REGISTER_END, 0, TARGET_NEXT);
		LOAD_FROM(size_of(bytes), into, start, (int)offset);
		return;
	}
	beyond = SKIP_IF_REGISTER(BPF_JGT, BPF_REG_2, REGISTER_END);
	LOAD_FROM(size_of(bytes), into, start, (int)offset);
	loaded = SKIP();
	land(emitter, beyond);
	SET(BPF_REG_2, offset);
	emit_slow(emitter, view, into, bytes);
	land(emitter, loaded);
}

/* The offset is in r2, 64 bits without sign. */
static void emit_far(struct emitter *emitter, const struct view *view, u8 start, u8 into, u32 bytes)
{
	u32 too_far, beyond, loaded;

	if (view->access == ACCESS_LINEAR) {
		emit_jump(emitter, BPF_JMP | BPF_JGT | BPF_K, BPF_REG_2, 0, FAR_MAX, TARGET_NEXT);
		MOVE(BPF_REG_1, start);
		ADD_REGISTER(BPF_REG_1, BPF_REG_2);
		MOVE(BPF_REG_2, BPF_REG_1);
		ADD(BPF_REG_2, bytes);
		emit_jump(emitter, BPF_JMP | BPF_JGT | BPF_X, BPF_REG_2, REGISTER_END, 0, TARGET_NEXT);
		LOAD_FROM(size_of(bytes), into, BPF_REG_1, 0);
		return;
	}
	too_far = SKIP_IF(BPF_JGT, BPF_REG_2, FAR_MAX);
	ADD_REGISTER(BPF_REG_1, BPF_REG_2);
	MOVE(BPF_REG_3, BPF_REG_1);
	ADD(BPF_REG_3, bytes);
	beyond = SKIP_IF_REGISTER(BPF_JGT, BPF_REG_3, REGISTER_END);
	LOAD_FROM(size_of(bytes), into, BPF_REG_1, 0);
	loaded = SKIP();
	land(emitter, too_far);
	/* the kernel's functions take 32 bits; no frame is longer */
	emit_jump(emitter, BPF_JMP | BPF_JGT | BPF_K, BPF_REG_2, 0, 0x7fffffff, TARGET_NEXT);
	land(emitter, beyond);
	emit_slow(emitter, view, into, bytes);
	land(emitter, loaded);
}

/* Rejects a packet whose frame on the wire, the tag included, ends before r3. */
static void emit_tagged_bound(struct emitter *emitter)
{
	LOAD_FROM(BPF_W, BPF_REG_1, REGISTER_CONTEXT, offsetof(struct __sk_buff, len));
	ADD(BPF_REG_1, TAG_BYTES);
	emit_jump(emitter, BPF_JMP | BPF_JGT | BPF_X, BPF_REG_3, BPF_REG_1, 0, TARGET_NEXT);
}

/* Reads a number out of the stack byte by byte: words there must be aligned. */
static void emit_stack_load(struct emitter *emitter, u8 into, u8 base, int offset, u32 bytes)
{
	LOAD_FROM(BPF_B, into, base, offset);
	for (u32 i = 1; i < bytes; i++) {
		emit(emitter, BPF_ALU | BPF_LSH | BPF_K, into, 0, 0, 8);
		LOAD_FROM(BPF_B, BPF_REG_3, base, offset + (int)i);
		emit(emitter, BPF_ALU | BPF_OR | BPF_X, into, BPF_REG_3, 0, 0);
	}
}

/* The offset is in r2; what lies before the end of the tag is in the stack. */
static void emit_tagged_indexed(struct emitter *emitter, const struct view *view, u8 into, u32 bytes)
{
	u32 behind = SKIP_IF(BPF_JGE, BPF_REG_2, ADDRESSES + TAG_BYTES), loaded;

	MOVE(BPF_REG_3, BPF_REG_2);
	ADD(BPF_REG_3, bytes);
	emit_tagged_bound(emitter);
	MOVE(BPF_REG_1, BPF_REG_10);
	ADD_REGISTER(BPF_REG_1, BPF_REG_2);
	emit_stack_load(emitter, into, BPF_REG_1, STACK_WIRE_HEADER, bytes);
	loaded = SKIP();
	land(emitter, behind);
	ADD(BPF_REG_2, -TAG_BYTES);
	emit_bounds(emitter, view);
	emit_far(emitter, view, BPF_REG_1, into, bytes);
	emit_host_order(emitter, into, bytes);
	land(emitter, loaded);
}

static void emit_wire_load(struct emitter *emitter, u8 into, u32 offset, u32 bytes)
{
	SET(BPF_REG_3, offset + bytes);
	emit_tagged_bound(emitter);
	emit_stack_load(emitter, into, BPF_REG_10, STACK_WIRE_HEADER + (int)offset, bytes);
}

void emit_load(struct emitter *emitter, const struct view *view, u8 into, u32 offset, int indexed, u32 bytes)
{
	u8 start = view->access == ACCESS_LINEAR ? REGISTER_DATA : BPF_REG_1;

	if (!indexed && offset > 0x7ffffff0) { /* no frame is longer */
		emit_reject(emitter, into);
		return;
	}
	if (indexed) {
		MOVE32(BPF_REG_2, REGISTER_X);
		if (offset) {
			SET(BPF_REG_3, offset);
			ADD_REGISTER(BPF_REG_2, BPF_REG_3); /* 64 bits: the sum does not wrap */
		}
	} else if (view->tagged && offset < ADDRESSES + TAG_BYTES && offset + bytes > ADDRESSES) {
		emit_wire_load(emitter, into, offset, bytes);
		return;
	} else if (view->tagged && offset >= ADDRESSES + TAG_BYTES) {
		offset -= TAG_BYTES;
	}
	if (indexed && view->tagged) {
		emit_tagged_indexed(emitter, view, into, bytes);
		return;
	}
	if (view->access != ACCESS_LINEAR)
		emit_bounds(emitter, view);
	if (indexed) {
		emit_far(emitter, view, start, into, bytes);
	} else if (offset + bytes <= NEAR_MAX) {
		emit_near(emitter, view, start, into, offset, bytes);
	} else {
		SET(BPF_REG_2, offset);
		emit_far(emitter, view, start, into, bytes);
	}
	emit_host_order(emitter, into, bytes);
}
