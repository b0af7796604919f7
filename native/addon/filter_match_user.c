/* SPDX-License-Identifier: Apache-2.0 */
/* Tries filters on packets that are counted in this process; the generated program does the same in the kernel. */
#include <string.h>

#include "../core/count.h"
#include "../core/fields.h"
#include "filter_state.h"

/* Bytes behind the TCP or UDP header, of all frames of a super-packet; 0 when the header's place is not known. */
static u64 payload_bytes(const struct packet *packet)
{
	u32 headers = packet->header_bytes, end = packet->network + packet->ip.len;
	u64 full = ((u64)packet->frames - 1) * (packet->full_bytes - headers);

	if (!headers)
		return 0;
	return end > headers ? full + end - headers : full;
}

static u64 hash_narrow(int value, u64 seed)
{
	return mix64((u64)value ^ seed);
}

static u64 hash_48(u64 word, u64 seed)
{
	return mix64(word ^ mix64(word ^ seed));
}

static u64 hash_128(struct address address, u64 seed)
{
	return mix64(address.high ^ mix64(address.low ^ seed));
}

/* 0: the packet does not have the field. */
static int hash_field(const struct packet *packet, u32 field, u64 seed, u64 *hash)
{
	switch (field) {
#define KEY_128(name) *hash = hash_128(value, seed);
#define KEY_48(name) *hash = hash_48(value, seed);
#define KEY_16(name)      \
	if (value < 0)    \
		return 0; \
	*hash = hash_narrow(value, seed);
#define KEY_8 KEY_16
#define KEY(name, text, layer, bits, help, known, ...)           \
	case FIELD_##name: {                                     \
		__typeof__(key_of_##name(&packet->layer)) value; \
		if (!has_layer(packet, LAYERS_OF_##layer))       \
			return 0;                                \
		value = key_of_##name(&packet->layer);           \
		KEY_##bits(name) return 1;                       \
	}
#include "../gen/keys.h"
#undef KEY
	}
	return 0;
}

static void add_unique(struct filter_state *state, struct filter_values *values, const struct filter *filter,
		       const struct packet *packet)
{
	u8 *registers = values->registers + (((values->epoch & 1) * FILTER_UNIQUES + filter->cell) << state->bits);
	u64 hash;

	if (hash_field(packet, filter->field, state->seed, &hash))
		hyperloglog_add(registers, state->bits, hash);
}

static void add_match(struct filter_state *state, struct filter_values *values, const struct filter *filter,
		      const struct packet *packet)
{
	switch (filter->add) {
	case FILTER_ADD_FRAMES:
		values->cells[filter->cell] += packet->frames;
		break;
	case FILTER_ADD_BYTES:
		values->cells[filter->cell] += (u64)(packet->frames - 1) * packet->full_bytes + packet->pkt.len;
		break;
	case FILTER_ADD_PAYLOAD:
		values->cells[filter->cell] += payload_bytes(packet);
		break;
	case FILTER_ADD_UNIQUE:
		add_unique(state, values, filter, packet);
		break;
	}
}

void filters_match(struct filter_state *state, u32 link, struct packet *packet, const struct filter_frame *frame)
{
	const struct filter_set *set = state->sets;

	memset(packet->matches, 0, sizeof(packet->matches));
	while (set && set->link != link)
		set = set->next;
	for (u32 i = 0; set && i < set->count; i++) {
		const struct filter *filter = &set->filters[i];

		if ((packet->layers & filter->layers) != filter->layers || !filter_run(filter->instructions, frame))
			continue;
		packet->matches[i / 64] |= 1ull << i % 64;
		add_match(state, (struct filter_values *)state->memory, filter, packet);
	}
}
