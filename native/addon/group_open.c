/* SPDX-License-Identifier: Apache-2.0 */
/* Groups as JavaScript opens and closes them. */
#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>

#include "../core/group_key.h"
#include "source.h"

/* Reads (wish, classes, seed) from three arguments into a spec; throws and returns -1 when it cannot be. */
static int read_spec(napi_env env, const napi_value *arguments, u32 slot, int cached, struct group_spec *spec,
		     struct group_wish *wish)
{
	size_t bytes, classes;
	const void *numbers = get_bytes(env, arguments[0], &bytes);
	const char *wrong = "numbers: not those of a group";

	get_bytes(env, arguments[1], &classes);
	if (numbers && bytes == sizeof(*wish)) {
		memcpy(wish, numbers, sizeof(*wish));
		wrong = group_plan(wish, (u32)classes, get_u64(env, arguments[2]), slot, cached, spec);
	}
	if (wrong)
		napi_throw_range_error(env, NULL, wrong);
	return has_failed(env) ? -1 : 0;
}

/* groupBytes(numbers, classes, tables): memory of a group that the kernel counts into so many tables */
static napi_value group_bytes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], parts[3];
	struct group_spec spec;
	struct group_wish wish;
	u32 tables;

	get_arguments(env, info, arguments);
	parts[0] = arguments[0];
	parts[1] = arguments[1];
	napi_create_bigint_uint64(env, 0, &parts[2]);
	tables = get_u32(env, arguments[2]);
	if (read_spec(env, parts, 1, 1, &spec, &wish))
		return NULL;
	return make_double(env, (double)tables * spec.cells_bytes + spec.keys_bytes);
}

static void free_group(struct source *source, struct group *group)
{
	if (source->loaded) {
		bpf_close_group(&group->loaded);
	} else {
		free(group->cells);
		free(group->keys);
		space_saving_free(group->saving);
	}
	free(group);
}

/* Takes a group out of its slot; the packets' thread does not see it any more. */
static struct group *taken_out(struct source *source, u32 slot)
{
	struct group *group;

	hold_packets(source);
	group = source->groups[slot];
	source->groups[slot] = NULL;
	source->group_count -= group != NULL;
	let_packets(source);
	return group;
}

/* The kernel goes on counting a pinned source's. */
void close_groups(struct source *source)
{
	for (u32 slot = 1; slot < PROGRAMS; slot++) {
		struct group *group = taken_out(source, slot);

		if (group && source->loaded && !source->loaded->pins)
			bpf_stop_group(source->loaded, slot);
		if (group)
			free_group(source, group);
	}
}

/* What a group may need to be kept by: `pins` is the folder of its maps, NULL or empty without. */
struct kept_as {
	char pins[PATH_MAX];
	u32 notes_bytes;
};

static int allocate(struct source *source, struct group *group, u32 tracked, const struct kept_as *kept,
		    struct failure *failure)
{
	const struct group_spec *spec = &group->spec;
	size_t cells = (size_t)group->tables * spec->cells_bytes;

	if (source->loaded) {
		if (bpf_open_group(&group->loaded, spec, group->tables, kept->pins[0] ? kept->pins : NULL,
				   kept->notes_bytes, failure))
			return -1;
		group->cells = group->loaded.cells_memory;
		group->keys = group->loaded.keys_memory;
		return 0;
	}
	group->cells = aligned_alloc(128, cells);
	group->keys = calloc(1, spec->keys_bytes);
	if (tracked)
		group->saving = space_saving_new(spec->words, spec->adds, spec->rank, tracked, spec->seed);
	if (!group->cells || !group->keys || (tracked && !group->saving))
		return fail(failure, "malloc", ENOMEM);
	memset(group->cells, 0, cells);
	return 0;
}

/* Counting begins: the kernel's program runs, or the thread sees the group. */
static int start(struct source *source, struct group *group, u32 slot, struct failure *failure)
{
	if (source->loaded && bpf_start_group(source->loaded, &group->loaded, &group->spec, failure))
		return -1;
	hold_packets(source);
	source->groups[slot] = group;
	source->group_count++;
	let_packets(source);
	return 0;
}

/* openGroup(source, slot, numbers, classes, seed, pins, notesBytes): candidates that are tracked in each table */
static napi_value open_group(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct failure failure = {0};
	struct group_wish wish;
	struct kept_as kept;
	struct source *source;
	struct group *group;
	u32 slot;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	slot = get_u32(env, arguments[1]);
	get_text(env, arguments[5], kept.pins, sizeof(kept.pins));
	kept.notes_bytes = kept.pins[0] ? get_u32(env, arguments[6]) : 0;
	if (!source || has_failed(env))
		return NULL;
	if (slot < 1 || slot >= PROGRAMS || source->groups[slot])
		return napi_throw_range_error(env, NULL, "no such slot, or it is taken"), NULL;
	group = calloc(1, sizeof(*group));
	if (!group)
		return fail(&failure, "calloc", ENOMEM), throw_failure(env, &failure);
	group->tables = source->counting.tables;
	group->loaded = (struct loaded_group){.cells = -1, .keys = -1, .program = -1, .notes = NO_NOTES};
	if (read_spec(env, arguments + 2, slot, source->loaded != NULL, &group->spec, &wish)) {
		free(group);
		return NULL;
	}
	if (!allocate(source, group, (u32)wish.tracked, &kept, &failure)) {
		if (group->spec.class_bytes)
			memcpy(group->keys, get_bytes(env, arguments[3], NULL), group->spec.class_bytes);
		for (u32 table = 0; table < group->tables; table++)
			((struct group_head *)(group->cells + (size_t)table * group->spec.cells_bytes))->random =
				mix64(group->spec.seed + table);
		start(source, group, slot, &failure);
	}
	if (failure.step) {
		free_group(source, group);
		return throw_failure(env, &failure);
	}
	return make_u32(env, source->loaded ? group->spec.sets * CACHE_WAYS : (u32)wish.tracked);
}

/* closeGroup(source, slot): nothing when either is closed already; a pinned program that is in the slot is let go, too
 */
static napi_value close_group(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u32 slot;

	get_arguments(env, info, arguments);
	source = find_source(env, arguments[0]);
	slot = get_u32(env, arguments[1]);
	if (!source || slot < 1 || slot >= PROGRAMS)
		return undefined(env);
	group = taken_out(source, slot);
	if (source->loaded && (group || source->loaded->pins))
		bpf_stop_group(source->loaded, slot);
	if (group)
		free_group(source, group);
	return undefined(env);
}

void init_group_opening(napi_env env, napi_value exports)
{
	set_function(env, exports, "groupBytes", group_bytes);
	set_function(env, exports, "openGroup", open_group);
	set_function(env, exports, "closeGroup", close_group);
}
