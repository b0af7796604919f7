/* SPDX-License-Identifier: Apache-2.0 */
/* Turns what a group is to count into constants for the packet path. */
#include <string.h>

#include "../core/group_key.h"
#include "groups.h"

u32 field_bits(u32 field)
{
	static const u8 bits[] = {
#undef KEY
#define KEY(name, text, layer, bits, help, known, ...) bits,
#include "../gen/keys.h"
	};

	return field < FIELDS ? bits[field] : 0;
}

static u32 field_layers(u32 field)
{
	static const u32 layers[] = {
#undef KEY
#define KEY(name, text, layer, bits, help, known, ...) LAYERS_OF_##layer,
#include "../gen/keys.h"
#undef KEY
	};

	return layers[field];
}

static int is_narrow(int field)
{
	return field >= 0 && field < FIELDS && field_bits((u32)field) <= 16;
}

static int is_cell(int cell)
{
	return cell == CELL_FRAMES || cell == CELL_BYTES || (cell >= CELL_FIELDS && is_narrow(cell - CELL_FIELDS));
}

static u32 power_above(u32 number)
{
	u32 power = 1;

	while (power < number)
		power *= 2;
	return power;
}

static u32 rounded(u64 bytes, u32 to)
{
	return (u32)((bytes + to - 1) / to * to);
}

/* A field whose value is looked at; those that differ between the frames of a super-packet are counted apart. */
static void want(struct group_spec *spec, int field)
{
	spec->wanted |= 1u << field;
	if (field == FIELD_FRAME_LEN || field == FIELD_TCP_FLAGS)
		spec->split = 1;
}

static const char *plan_key(const struct group_wish *wish, u32 classes, struct group_spec *spec)
{
	u32 narrow = 0, words = 0;

	for (u32 i = 0; i < KEY_FIELDS_MAX; i++)
		spec->narrow[i] = NO_FIELD;
	if (wish->first_rule >= 0) {
		spec->kind = KEY_RULE;
		spec->first_rule = (u32)wish->first_rule;
		if (wish->rules < 1 || wish->rules >= CLASSES || wish->first_rule > MATCHES - wish->rules)
			return "rules: more than there are matches";
		for (int i = wish->first_rule; i < wish->first_rule + wish->rules; i++)
			spec->rules[i / 64] |= 1ULL << (i % 64);
		spec->words = 1;
		return wish->fields || classes ? "rules: a key of rules has no fields" : NULL;
	}
	if (wish->fields < 1 || wish->fields > KEY_FIELDS_MAX)
		return "fields: one to five";
	for (int i = 0; i < wish->fields; i++) {
		int field = wish->field[i];
		u32 bits = field < 0 ? 0 : field_bits((u32)field), own = bits == 128 ? 2 : 1;

		if (!bits)
			return "fields: no such field";
		if (bits <= 16) {
			spec->narrow[narrow++] = (u32)field;
			want(spec, field);
			continue;
		}
		if (words + own > KEY_WORDS_MAX)
			return "fields: wider than five words";
		for (u32 second = 0; second < own; second++)
			spec->word[words++] = WORD_WIDE + (u32)field * 2 + second;
		spec->need[bits == 128] = field_layers((u32)field);
	}
	if (words + (narrow + 3) / 4 > KEY_WORDS_MAX)
		return "fields: wider than five words";
	if (narrow)
		spec->word[words++] = WORD_NARROW;
	if (narrow > 4)
		spec->word[words++] = WORD_NARROW_FIFTH;
	spec->words = words;
	if (classes) {
		if (wish->fields != 1 || !narrow || classes != 1u << field_bits(spec->narrow[0]))
			return "classes: one for each value of the only field";
		spec->kind = KEY_CLASS;
		spec->class_bytes = classes;
	}
	return NULL;
}

static const char *plan_values(const struct group_wish *wish, struct group_spec *spec)
{
	if (wish->adds < 1 || wish->adds > ADDS_MAX || wish->extremes < 0 || wish->extremes > EXTREMES_MAX ||
	    wish->uniques < 0 || wish->uniques > UNIQUES_MAX || wish->rank < 0 || wish->rank >= wish->adds)
		return "cells: too many, or no such rank";
	spec->adds = (u32)wish->adds;
	spec->extremes = (u32)wish->extremes;
	spec->uniques = (u32)wish->uniques;
	spec->rank = (u32)wish->rank;
	for (int i = 0; i < wish->adds; i++) {
		if (!is_cell(wish->add[i]))
			return "adds: a number of a packet, or a field of at most 16 bits";
		spec->add[i] = (u32)wish->add[i];
		if (wish->add[i] >= CELL_FIELDS)
			want(spec, wish->add[i] - CELL_FIELDS);
	}
	for (int i = 0; i < wish->extremes; i++) {
		if (!is_cell(wish->extreme[i]) || wish->keep[i] < KEEP_MAX || wish->keep[i] > KEEP_LAST)
			return "extremes: a number of a packet, or a field of at most 16 bits";
		spec->extreme[i] = (u32)wish->extreme[i];
		spec->keep[i] = (u32)wish->keep[i];
		spec->ticks |= wish->keep[i] == KEEP_LAST;
		spec->split |= wish->extreme[i] == CELL_BYTES;
		if (wish->extreme[i] >= CELL_FIELDS)
			want(spec, wish->extreme[i] - CELL_FIELDS);
	}
	if (wish->uniques && (wish->unique_bits < 4 || wish->unique_bits > HYPERLOGLOG_BITS_MAX))
		return "uniqueBits: 4 to 14";
	spec->unique_bits = wish->uniques ? (u32)wish->unique_bits : 0;
	for (int i = 0; i < wish->uniques; i++) {
		u32 bits = wish->unique[i] < 0 ? 0 : field_bits((u32)wish->unique[i]);

		if (!bits)
			return "uniques: no such field";
		spec->unique[i] = (u32)wish->unique[i];
		if (bits > 16)
			spec->unique_wide[i] = field_layers((u32)wish->unique[i]);
		else
			want(spec, wish->unique[i]);
	}
	return NULL;
}

static u64 prefix_mask(int bits)
{
	return bits <= 0 ? 0 : bits >= 64 ? ~0ULL : ~0ULL << (64 - bits);
}

static void plan_memory(const struct group_wish *wish, int cached, struct group_spec *spec)
{
	u32 slots = spec->slots, at = sizeof(struct group_head);

	spec->row_bytes = 8 * spec->adds;
	at += (1 + slots) * spec->row_bytes;
	spec->extremes_at = at;
	spec->extremes_bytes = slots * spec->extremes * 8;
	at += 2 * spec->extremes_bytes;
	spec->sketches_at = at;
	spec->sketches_bytes = slots * (spec->uniques << spec->unique_bits);
	at = rounded(at + 2 * spec->sketches_bytes, 64);
	spec->cache_at = at;
	spec->body_bytes = 8 * (1 + spec->adds + spec->words);
	spec->set_bytes = rounded(sizeof(struct cache_set) + CACHE_WAYS * spec->body_bytes, 64);
	if (cached && wish->tracked) {
		u32 sets = power_above((u32)wish->tracked / CACHE_WAYS);

		spec->sets = sets * CACHE_WAYS > (u32)wish->tracked && sets > 1 ? sets / 2 : sets;
	}
	/* blocks of two CPUs never share a cache line, nor the pair that prefetch fetches */
	spec->cells_bytes = rounded(at + (u64)spec->sets * spec->set_bytes, 128);
	spec->index_at = spec->class_bytes;
	if (spec->kind == KEY_FIELDS) {
		spec->buckets = power_above(2 * slots);
		spec->words_at = spec->index_at + spec->buckets * BUCKET_WAYS * 8;
	} else {
		spec->words_at = spec->index_at + CLASSES * 4;
	}
	spec->keys_bytes = spec->words_at + slots * spec->words * 8;
}

const char *group_plan(const struct group_wish *wish, u32 classes, u64 seed, u32 program, int cached,
		       struct group_spec *spec)
{
	const char *wrong;

	memset(spec, 0, sizeof(*spec));
	if (wish->slots < 1 || wish->slots > SLOTS_MAX || wish->tracked < 0 || wish->tracked > 1 << 20)
		return "slots: 1 to 4096; tracked: at most 1048576";
	if (wish->filter >= MATCHES)
		return "filter: no such match";
	if (wish->prefix4 < 0 || wish->prefix4 > 32 || wish->prefix6 < 0 || wish->prefix6 > 128)
		return "prefixes: at most 32 and 128 bits";
	wrong = plan_key(wish, classes, spec);
	if (!wrong)
		wrong = plan_values(wish, spec);
	if (wrong)
		return wrong;
	spec->seed = seed;
	spec->layers = (u32)wish->layers;
	spec->filter = wish->filter < 0 ? NO_FILTER : (u32)wish->filter;
	spec->masked = wish->prefix4 < 32 || wish->prefix6 < 128;
	spec->prefix4 = prefix_mask(32 + wish->prefix4);
	spec->prefix6[0] = prefix_mask(wish->prefix6);
	spec->prefix6[1] = prefix_mask(wish->prefix6 - 64);
	spec->slots = (u32)wish->slots;
	spec->nominates = wish->tracked > 0;
	spec->program = program;
	plan_memory(wish, cached, spec);
	return NULL;
}
