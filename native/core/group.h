/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counts one parsed packet into one group. */
#ifndef PKTSPOT_GROUP_H
#define PKTSPOT_GROUP_H

#include "count.h"
#include "group_key.h"

/* Takes a packet whose key has no slot; each includer has its own way. */
static __always_inline void nominate(group_spec spec, void *nominator, const struct group_key *key);

static __always_inline u64 cell_value(const struct values *values, u32 cell, u64 frames, u64 bytes)
{
	long long value;

	if (cell == CELL_FRAMES)
		return frames;
	if (cell == CELL_BYTES)
		return bytes;
	value = values->of[(cell - CELL_FIELDS) & 15];
	return value < 0 ? 0 : (u64)value * frames;
}

/* Extremes are kept so that those of several CPUs merge by their maximum, and 0 means none. */
static __always_inline u64 extreme_code(u32 keep, u64 value, u64 tick)
{
	if (keep == KEEP_MAX)
		return value + 1;
	if (keep == KEEP_MIN)
		return 0x100000000ULL - value;
	return (tick << 16 | (value & 0xffff)) + 1;
}

static __always_inline void keep_extremes(group_spec spec, u64 *extremes, const struct packet *packet,
					  const struct values *values, u64 tick)
{
#pragma GCC unroll 8
	for (u32 i = 0; i < EXTREMES_MAX; i++) {
		if (i < SPEC(extremes)) {
			u32 cell = SPEC(extreme[i]);
			long long value = cell == CELL_FRAMES  ? 1
					  : cell == CELL_BYTES ? key_of_FRAME_LEN(&packet->pkt)
							       : values->of[(cell - CELL_FIELDS) & 15];
			u64 code = extreme_code(SPEC(keep[i]), (u64)value, tick);

			if (value >= 0 && code > extremes[i])
				extremes[i] = code;
		}
	}
}

static __always_inline void add_uniques(group_spec spec, u8 *sketches, const struct packet *packet,
					const struct values *values)
{
#pragma GCC unroll 2
	for (u32 i = 0; i < UNIQUES_MAX; i++) {
		if (i < SPEC(uniques)) {
			u32 field = SPEC(unique[i]);
			u64 hash;

			if (SPEC(unique_wide[i])) {
				if (!has_layer(packet, SPEC(unique_wide[i])))
					continue;
				hash = mix64(wide_word(packet, field, 1) ^ SPEC64(seed));
				hash = mix64(wide_word(packet, field, 0) ^ hash);
			} else {
				long long value = values->of[field & 15];

				if (value < 0)
					continue;
				hash = mix64((u64)value ^ SPEC64(seed));
			}
			hyperloglog_add(sketches + (i << SPEC(unique_bits)), SPEC(unique_bits), hash);
		}
	}
}

static __always_inline void add_to_slot(group_spec spec, u8 *cells, u64 slot, const struct packet *packet,
					const struct values *values, u64 tick)
{
	u64 epoch = ((struct group_head *)cells)->epoch & 1;

	pin(epoch);
	if (SPEC(extremes))
		keep_extremes(
			spec,
			(u64 *)(cells + SPEC(extremes_at) + epoch * SPEC(extremes_bytes) + slot * (SPEC(extremes) * 8)),
			packet, values, tick);
	if (SPEC(uniques))
		add_uniques(spec,
			    cells + SPEC(sketches_at) + epoch * SPEC(sketches_bytes) +
				    slot * (SPEC(uniques) << SPEC(unique_bits)),
			    packet, values);
}

/* Adds equal frames, `bytes` long together, to the row of their key. */
static __always_inline void add_frames(group_spec spec, u8 *cells, const u8 *keys, const struct packet *packet,
				       u64 frames, u64 bytes, u64 tick, void *nominator)
{
	struct values values;
	struct group_key key;
	enum found found;
	u64 row = 0, *sums;

	narrow_values(&values, packet, SPEC(wanted));
	found = find_key(spec, keys, packet, &values, &key);
	if (found == KEY_ABSENT)
		return;
	if (found == KEY_FOUND && !SPEC(buckets))
		row = row_of_direct(spec, keys, key.words[0]);
	if (SPEC(buckets)) { /* keys of fields, which are always found */
		key.hash = hash_words(spec, key.words);
		row = row_of_hashed(spec, keys, &key);
	}
	pin(row);
	if (row > SPEC(slots))
		return;
	sums = (u64 *)(cells + sizeof(struct group_head) + row * SPEC(row_bytes));
#pragma GCC unroll 8
	for (u32 i = 0; i < ADDS_MAX; i++) {
		if (i < SPEC(adds)) {
			key.adds[i] = cell_value(&values, SPEC(add[i]), frames, bytes);
			sums[i] += key.adds[i];
		}
	}
	if (row) {
		if (SPEC(extremes) || SPEC(uniques)) {
			row--;
			pin(row);
			if (row < SPEC(slots))
				add_to_slot(spec, cells, row, packet, &values, tick);
		}
	} else if (SPEC(nominates) && found == KEY_FOUND) {
		if (!SPEC(buckets))
			key.hash = hash_words(spec, key.words);
		nominate(spec, nominator, &key);
	}
}

/* Whether a packet that count_sums() or count_segmented() has counted is of the group at all. */
static __always_inline int is_member(group_spec spec, const struct packet *packet)
{
	if ((packet->layers & SPEC(layers)) != SPEC(layers))
		return 0;
	return SPEC(filter) == NO_FILTER ||
	       packet->matches[SPEC(filter) >> 6 & (MATCHES / 64 - 1)] >> (SPEC(filter) & 63) & 1;
}

/* Counts a member that is one frame. */
static __always_inline void count_group(group_spec spec, u8 *cells, const u8 *keys, const struct packet *packet,
					u64 tick, void *nominator)
{
	add_frames(spec, cells, keys, packet, 1, packet->pkt.len, tick, nominator);
}

/* Counts a member that may be a super-packet: at once where its frames count alike, else the full ones and the last. */
static __always_inline void count_group_segmented(group_spec spec, u8 *cells, const u8 *keys, struct packet *packet,
						  u64 tick, void *nominator)
{
	u32 last_bytes = packet->pkt.len;
	u8 last_flags = packet->tcp.flags;
	u64 frames = packet->frames, bytes = last_bytes + (frames - 1) * packet->full_bytes;
	int more = SPEC(split) && frames > 1;

	if (more) {
		packet->pkt.len = packet->full_bytes;
		packet->tcp.flags = last_flags & ~LAST_FLAGS;
		frames--;
		bytes -= last_bytes;
	}
#pragma GCC unroll 1
	for (u32 part = 0; part < 2; part++) {
		add_frames(spec, cells, keys, packet, frames, bytes, tick, nominator);
		if (!more)
			return;
		more = 0;
		packet->pkt.len = last_bytes;
		packet->tcp.flags = last_flags;
		frames = 1;
		bytes = last_bytes;
	}
}

#endif
