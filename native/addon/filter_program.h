/* SPDX-License-Identifier: Apache-2.0 */
/* One filter within the generated program: where its state lives, and its parts. */
#ifndef PKTSPOT_FILTER_PROGRAM_H
#define PKTSPOT_FILTER_PROGRAM_H

#include "filter_emit.h"
#include "filter_translate.h"

/* Registers that outlive calls. */
#define REGISTER_CONTEXT BPF_REG_6
#define REGISTER_A BPF_REG_7
#define REGISTER_X BPF_REG_8
#define REGISTER_MATCHES BPF_REG_9 /* the word of matches being filled: through memory each would wait for the last */
/* Registers that do not; filters over linear frames call nothing. */
#define REGISTER_DATA BPF_REG_4
#define REGISTER_END BPF_REG_5

/* Places in the stack. */
#define WIRE_HEADER_BYTES 24 /* of which 20 are used */
#define STACK_TABLE -8
#define STACK_VALUES -16
#define STACK_CPU -24
#define STACK_BUFFER -32 /* what the kernel's functions load */
#define STACK_WIRE_HEADER -56
#define STACK_MEMORY -184 /* sixteen words of eight bytes */

/* A place in struct packet of the table being counted into. */
#define PACKET_AT(field) ((int)(offsetof(struct table, scratch) + offsetof(struct packet, field)))

/* The filter as number `index`: its bit, and what it adds. `tagged`: for frames with a tag beside them. */
void emit_filter(struct emitter *emitter, const struct filter *filter, u32 index, const struct filter_target *target,
		 int tagged);
/* Writes the word of matches that the filters before `index` have filled. */
void emit_matches(struct emitter *emitter, u32 index);
/* What a match does. */
void emit_match(struct emitter *emitter, const struct filter *filter, u32 index, const struct filter_target *target);
/* Adds a field's value to a sketch; r1 is the table. */
void emit_unique(struct emitter *emitter, const struct filter *filter, const struct filter_target *target);

/* How one instruction's loads see the packet. */
struct view {
	enum filter_access access;
	int tagged; /* a tag is beside the frame: offsets are those of the wire */
};

/* Loads a number of the packet at `offset`, plus X if `indexed`, in host order; jumps to the next filter if there is
 * none. */
void emit_load(struct emitter *emitter, const struct view *view, u8 into, u32 offset, int indexed, u32 bytes);
/* Copies bytes at a fixed offset into the stack by the kernel's function; r0 is 0 when they were there. */
void emit_helper_load(struct emitter *emitter, enum filter_access access, u32 offset, int stack, u32 bytes);

#endif
