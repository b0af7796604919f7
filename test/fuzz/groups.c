/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counter groups: any plan is refused or counts within its memory, and the two ways of keeping candidates (the kernel's
 * caches, and Space-Saving) count the same rows. The input: flags, the numbers of the plan, then steps.
 */
#include "../../native/addon/counting.h"
#include "../../native/addon/groups.h"
#include "../../native/core/cache.h"
#include "input.h"

#define SEED 7
#define TABLES 2
#define STEPS_MAX 200
#define BYTES_MAX (1u << 20)
#define CANDIDATES 16
#define NUMBERS (sizeof(struct group_wish) / sizeof(int))

enum flags { WIDE = 1, CLASSED = 2 };
enum step { COUNT, PROMOTE, DEMOTE, CUT, CLEAR, NOMINATED, STEPS };

static __always_inline void nominate(group_spec spec, void *nominator, const struct group_key *key)
{
	if (spec->sets)
		cache_add(spec, nominator, key);
	else
		space_saving_add(nominator, key->words, key->hash, key->adds);
}

static void read_wish(struct input *input, u32 flags, struct group_wish *wish)
{
	int *numbers = (int *)wish;

	for (u32 i = 0; i < NUMBERS; i++)
		numbers[i] = flags & WIDE ? (int)take(input, 4) : (signed char)take(input, 1);
	if (!(flags & WIDE))
		wish->tracked = (wish->tracked & 0xff) * 2;
}

static int open_one(struct group *group, const struct group_wish *wish, u32 classes, int cached)
{

	*group = (struct group){.tables = TABLES};
	if (group_plan(wish, classes, SEED, 1, cached, &group->spec))
		return -1;
	must(group->spec.words && group->spec.words <= KEY_WORDS_MAX && group->spec.adds);
	if (group->spec.cells_bytes > BYTES_MAX || wish->tracked > 4096)
		return -1;
	group->cells = aligned_alloc(128, (size_t)TABLES * group->spec.cells_bytes);
	group->keys = calloc(1, group->spec.keys_bytes);
	must(group->cells && group->keys);
	memset(group->cells, 0, (size_t)TABLES * group->spec.cells_bytes);
	for (u32 value = 0; value < group->spec.class_bytes; value++)
		group->keys[value] = value % 11 ? (u8)(value % 7) : CLASS_OTHER;
	if (!cached && wish->tracked)
		group->saving = space_saving_new(group->spec.words, group->spec.adds, group->spec.rank,
						 (u32)wish->tracked, SEED);
	return 0;
}

static void close_one(struct group *group)
{
	free(group->cells);
	free(group->keys);
	space_saving_free(group->saving);
}

static void count_one(struct group *group, struct packet packet, u32 table)
{
	u8 *cells = group->cells + (size_t)table * group->spec.cells_bytes;

	if (is_member(&group->spec, &packet))
		count_group_segmented(&group->spec, cells, group->keys, &packet, ++group->tick,
				      group->spec.sets ? (void *)cells : group->saving);
}

/* Adds up a column of the rows. */
static u64 column(const u64 *rows, const struct group_spec *spec, u32 cell)
{
	u64 sum = 0;

	for (u32 row = 0; row <= spec->slots; row++)
		sum += rows[row * spec->adds + cell];
	return sum;
}

/* Whichever row a packet goes to, all of it goes there, and both ways it is the same. */
static void check_rows(const struct group *one, const struct group *other, u64 *before, const struct packet *packet)
{
	const struct group_spec *spec = &one->spec;
	size_t count = (size_t)(1 + spec->slots) * spec->adds;
	u64 *rows = malloc(count * 8), *others = malloc(count * 8);
	u64 bytes = packet->pkt.len + (u64)(packet->frames - 1) * packet->full_bytes;

	must(rows && others);
	group_look(one, rows);
	group_look(other, others);
	must(!memcmp(rows, others, count * 8));
	for (u32 cell = 0; cell < spec->adds; cell++) {
		u64 added = column(rows, spec, cell) - before[cell];

		if (spec->add[cell] == CELL_FRAMES)
			must(!added || (added <= packet->frames && (spec->split || added == packet->frames)));
		if (spec->add[cell] == CELL_BYTES)
			must(added <= bytes && (spec->split || !added || added == bytes));
		before[cell] += added;
	}
	free(rows);
	free(others);
}

static void count_both(struct group *groups, struct input *input, u64 *before)
{
	u32 bytes = (u32)take(input, 1), hint = (u32)take(input, 1);
	struct packet packet;
	u8 *frame;

	bytes = bytes > left(input) ? left(input) : bytes;
	frame = copied(input->at, bytes);
	input->at += bytes;
	memset(&packet, hint & 1 ? 0xff : 0, sizeof(packet));
	parse_ethernet(&packet, frame, frame + bytes, bytes, hint & 2 ? VLAN_KNOWN | 5 : 0, SEED);
	for (u32 i = 0; i < MATCHES / 64; i++)
		packet.matches[i] = mix64(hint + i) & mix64(hint);
	if (hint & 4 && packet.header_bytes) {
		packet.frames = 9;
		packet.full_bytes = packet.header_bytes + 500;
	}
	free(frame);
	count_one(&groups[0], packet, hint >> 7);
	count_one(&groups[1], packet, hint >> 7);
	check_rows(&groups[0], &groups[1], before, &packet);
}

/* Gives the first candidate of one of the groups a slot in both. */
static void check_candidates(struct group *groups, struct input *input, int promotes)
{
	const struct group_spec *spec = &groups[0].spec;
	u32 hint = (u32)take(input, 1), by = hint % spec->adds, slot = (u32)take(input, 1) % spec->slots;
	u64 *words = malloc(CANDIDATES * KEY_WORDS_MAX * 8), *adds = malloc(CANDIDATES * ADDS_MAX * 8);
	u64 errors[CANDIDATES];
	const struct group *group = &groups[hint >> 7];
	int found = group_candidates(group, hint >> 4 & 7 ? CANDIDATES : 1, by, words, adds, errors);

	must(found >= 0 && found <= CANDIDATES);
	for (int i = 0; i < found; i++) {
		must(!is_promoted(group, words + (size_t)i * spec->words));
		must(!i || adds[(i - 1) * (int)spec->adds + (int)by] >= adds[i * (int)spec->adds + (int)by]);
	}
	if (promotes && found) {
		int failed = group_promote(&groups[0], slot, words);

		must(group_promote(&groups[1], slot, words) == failed);
		must(failed || is_promoted(&groups[0], words));
	}
	free(words);
	free(adds);
}

static void check_cut(struct group *groups)
{
	const struct group_spec *spec = &groups[0].spec;
	u32 extremes = spec->slots * spec->extremes, uniques = spec->slots * spec->uniques;
	double *of[4];

	for (u32 i = 0; i < 4; i++)
		of[i] = malloc((i & 1 ? uniques : extremes) * sizeof(double) + 1);
	group_cut(&groups[0], of[0], of[1]);
	group_cut(&groups[1], of[2], of[3]);
	must(!memcmp(of[0], of[2], extremes * sizeof(double)));
	must(!memcmp(of[1], of[3], uniques * sizeof(double)));
	for (u32 i = 0; i < 4; i++)
		free(of[i]);
}

static void step(struct group *groups, struct input *input, u64 *before)
{
	u32 slot;

	switch (take(input, 1) % (STEPS + 6)) {
	case PROMOTE:
		check_candidates(groups, input, 1);
		break;
	case DEMOTE:
		slot = (u32)take(input, 1) % groups[0].spec.slots;
		group_demote(&groups[0], slot);
		group_demote(&groups[1], slot);
		break;
	case CUT:
		check_cut(groups);
		break;
	case CLEAR:
		group_clear(&groups[0]);
		group_clear(&groups[1]);
		break;
	case NOMINATED:
		check_candidates(groups, input, 0);
		for (u32 i = 0; i < 2; i++) {
			struct group_fill fill = group_filling(&groups[i]);

			must(fill.tracked <= fill.room);
		}
		break;
	default:
		count_both(groups, input, before);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct input input = {data, data + bytes};
	u32 flags = (u32)take(&input, 1), classes = 0;
	u64 before[ADDS_MAX] = {0};
	struct group_wish wish;
	struct group groups[2] = {0};

	read_wish(&input, flags, &wish);
	if (flags & CLASSED && wish.field[0] >= 0)
		classes = 1u << field_bits((u32)wish.field[0]) % 32;
	if (!open_one(&groups[0], &wish, classes, 0) && !open_one(&groups[1], &wish, classes, 1))
		for (u32 i = 0; left(&input) && i < STEPS_MAX; i++)
			step(groups, &input, before);
	close_one(&groups[0]);
	close_one(&groups[1]);
	return 0;
}
