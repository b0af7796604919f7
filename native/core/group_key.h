/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a packet to its key, and from the key to its row. */
#ifndef PKTSPOT_GROUP_KEY_H
#define PKTSPOT_GROUP_KEY_H

#include "fields.h"
#include "group_spec.h"
#include "sketch.h"

/* A packet's key and what it adds. */
struct group_key {
	u64 words[KEY_WORDS_MAX];
	u64 hash;
	u64 adds[ADDS_MAX];
};

/* Keeps a number in one register from its check to its use, as the verifier must see it. */
#define pin(number) asm volatile("" : "+r"(number))

static __always_inline u64 hash_words(group_spec spec, const u64 *words)
{
	u64 hash = SPEC64(seed);

#pragma GCC unroll 5
	for (u32 i = 0; i < KEY_WORDS_MAX; i++) {
		if (i < SPEC(words)) {
			hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
			hash ^= hash >> 32;
		}
	}
	hash *= 0xbf58476d1ce4e5b9ULL;
	return hash ^ hash >> 29;
}

static __always_inline u32 tag_of(u64 hash)
{
	u32 tag = (u32)(hash >> 32);

	return tag < TAG_MIN ? tag + TAG_MIN : tag;
}

static __always_inline u64 narrow_word(group_spec spec, const struct values *values, u32 first, u32 count, int *absent)
{
	u64 word = 0;

#pragma GCC unroll 4
	for (u32 i = 0; i < count; i++) {
		if (SPEC(narrow[first + i]) != NO_FIELD) {
			long long value = values->of[SPEC(narrow[first + i]) & 15];

			if (value < 0)
				*absent = 1;
			else
				word |= (u64)value << (16 * i);
		}
	}
	return word;
}

/* A word of a wide field, of an address only its prefix. */
static __always_inline u64 kept_word(group_spec spec, const struct packet *packet, u32 source)
{
	u32 field = (source - WORD_WIDE) >> 1, second = (source - WORD_WIDE) & 1;
	u64 word = wide_word(packet, field, second);

	if (SPEC(masked) && (field == FIELD_IP_SRC || field == FIELD_IP_DST)) {
		if (packet->pkt.version == 6)
			word &= second ? SPEC64(prefix6[1]) : SPEC64(prefix6[0]);
		else if (second)
			word &= SPEC64(prefix4);
	}
	return word;
}

enum found { KEY_ABSENT, KEY_FOUND, KEY_OTHER };

static __always_inline enum found key_of_fields(group_spec spec, const struct packet *packet,
						const struct values *values, u64 *words)
{
	int absent = 0;
	u64 four, fifth;

	if (!has_layer(packet, SPEC(need[0])) || !has_layer(packet, SPEC(need[1])))
		return KEY_ABSENT;
	four = narrow_word(spec, values, 0, 4, &absent);
	fifth = narrow_word(spec, values, 4, 1, &absent);
	if (absent)
		return KEY_ABSENT;
#pragma GCC unroll 5
	for (u32 i = 0; i < KEY_WORDS_MAX; i++) {
		words[i] = 0;
		if (i < SPEC(words)) {
			u32 source = SPEC(word[i]);

			words[i] = source == WORD_NARROW         ? four
				   : source == WORD_NARROW_FIFTH ? fifth
								 : kept_word(spec, packet, source);
		}
	}
	return KEY_FOUND;
}

static __always_inline enum found key_of_class(group_spec spec, const u8 *keys, const struct values *values, u64 *words)
{
	long long value = values->of[SPEC(narrow[0]) & 15];
	u64 at = (u64)value & (SPEC(class_bytes) - 1);

	if (value < 0)
		return KEY_ABSENT;
	pin(at);
	words[0] = keys[at];
	return words[0] == CLASS_OTHER ? KEY_OTHER : KEY_FOUND;
}

static __always_inline enum found key_of_rule(group_spec spec, const struct packet *packet, u64 *words)
{
#pragma GCC unroll 4
	for (u32 i = 0; i < MATCHES / 64; i++) {
		u64 matches = packet->matches[i] & SPEC64(rules[i]);

		if (matches) {
			words[0] = i * 64 + bit_length(matches & -matches) - 1 - SPEC(first_rule);
			return KEY_FOUND;
		}
	}
	return KEY_OTHER;
}

static __always_inline enum found find_key(group_spec spec, const u8 *keys, const struct packet *packet,
					   const struct values *values, struct group_key *key)
{
	if (SPEC(kind) == KEY_RULE)
		return key_of_rule(spec, packet, key->words);
	if (SPEC(kind) == KEY_CLASS)
		return key_of_class(spec, keys, values, key->words);
	return key_of_fields(spec, packet, values, key->words);
}

static __always_inline int same_words(group_spec spec, const u64 *a, const u64 *b)
{
#pragma GCC unroll 5
	for (u32 i = 0; i < KEY_WORDS_MAX; i++)
		if (i < SPEC(words) && a[i] != b[i])
			return 0;
	return 1;
}

/* The key's slot and one more, or 0: the number of its row. */
static __always_inline u64 row_of_direct(group_spec spec, const u8 *keys, u64 number)
{
	u64 row;

	number &= CLASSES - 1;
	pin(number);
	row = ((const u32 *)(keys + SPEC(index_at)))[number];
	pin(row);
	return row <= SPEC(slots) ? row : 0;
}

static __always_inline u64 row_of_hashed(group_spec spec, const u8 *keys, const struct group_key *key)
{
	u64 bucket = key->hash & (SPEC(buckets) - 1);
	u32 tag = tag_of(key->hash);
	const u64 *entry;

	pin(bucket);
	entry = (const u64 *)(keys + SPEC(index_at) + bucket * (BUCKET_WAYS * 8));
#pragma GCC unroll 1
	for (u32 i = 0; i < BUCKET_WAYS; i++) {
		u64 slot = entry[i];

		if (!slot)
			return 0;
		if ((u32)slot != tag)
			continue;
		slot >>= 32;
		pin(slot);
		if (slot < SPEC(slots) &&
		    same_words(spec, (const u64 *)(keys + SPEC(words_at) + slot * (SPEC(words) * 8)), key->words))
			return slot + 1;
	}
	return 0;
}

#endif
