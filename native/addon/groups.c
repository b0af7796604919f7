/* SPDX-License-Identifier: Apache-2.0 */
/* Groups as JavaScript steers and reads them. */
#include "../core/fields.h"
#include "source.h"

/* keyFields(): [{name, help, bits, index}] */
static napi_value key_fields(napi_env env, napi_callback_info info)
{
	static const struct {
		const char *name, *help;
		u32 bits;
	} fields[] = {
#undef KEY
#define KEY(name, text, layer, bits, help, known, ...) {text, help, bits},
#include "../gen/keys.h"
#undef KEY
	};
	napi_value list;

	(void)info;
	napi_create_array(env, &list);
	for (u32 i = 0; i < FIELDS; i++) {
		napi_value object;

		napi_create_object(env, &object);
		set(env, object, "name", make_string(env, fields[i].name));
		set(env, object, "help", make_string(env, fields[i].help));
		set(env, object, "bits", make_u32(env, fields[i].bits));
		set(env, object, "index", make_u32(env, i));
		napi_set_element(env, list, i, object);
	}
	return list;
}

/*
 * The group that the first two arguments name, with the source locked; throws and returns NULL when there is none, or
 * when an argument was wrong already.
 */
static struct group *begin(napi_env env, const napi_value *arguments, struct source **source)
{
	u32 slot = get_u32(env, arguments[1]);

	*source = get_source(env, arguments[0]);
	if (!*source || has_failed(env))
		return NULL;
	if (slot >= PROGRAMS || !(*source)->groups[slot]) {
		napi_throw_error(env, "CLOSED", "the group is closed");
		return NULL;
	}
	if ((*source)->lock)
		(*source)->lock(*source);
	return (*source)->groups[slot];
}

static napi_value end(napi_env env, struct source *source)
{
	let_packets(source);
	return undefined(env);
}

/* lookGroup(source, slot, cells) */
static napi_value look_group(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u64 *sums;

	get_arguments(env, info, arguments);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	sums = get_room(env, arguments[2], (1 + group->spec.slots) * group->spec.adds);
	if (sums)
		group_look(group, sums);
	return end(env, source);
}

/* cutGroup(source, slot, extremes, uniques) */
static napi_value cut_group(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	double *extremes, *uniques;

	get_arguments(env, info, arguments);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	extremes = get_room(env, arguments[2], group->spec.slots * group->spec.extremes);
	uniques = extremes ? get_room(env, arguments[3], group->spec.slots * group->spec.uniques) : NULL;
	if (uniques)
		group_cut(group, extremes, uniques);
	return end(env, source);
}

/* promoteKey(source, slot, index, words) */
static napi_value promote_key(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u32 index;
	u64 *words;

	get_arguments(env, info, arguments);
	index = get_u32(env, arguments[2]);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	words = get_room(env, arguments[3], group->spec.words);
	if (words && (index >= group->spec.slots || group_promote(group, index, words)))
		napi_throw_range_error(env, NULL, "no such slot, or no room for the key");
	return end(env, source);
}

/* demoteKey(source, slot, index) */
static napi_value demote_key(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u32 index;

	get_arguments(env, info, arguments);
	index = get_u32(env, arguments[2]);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	if (index < group->spec.slots)
		group_demote(group, index);
	else
		napi_throw_range_error(env, NULL, "no such slot");
	return end(env, source);
}

/* groupCandidates(source, slot, count, by, words, adds, errors): how many there are */
static napi_value group_candidates_of(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;
	u64 *words, *adds = NULL, *errors = NULL;
	u32 count, by;
	int found = -1;

	get_arguments(env, info, arguments);
	count = get_u32(env, arguments[2]);
	by = get_u32(env, arguments[3]);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	words = get_room(env, arguments[4], (u64)count * group->spec.words);
	if (words)
		adds = get_room(env, arguments[5], (u64)count * group->spec.adds);
	if (adds)
		errors = get_room(env, arguments[6], count);
	if (errors && by < group->spec.adds)
		found = group_candidates(group, count, by, words, adds, errors);
	end(env, source);
	if (errors && found < 0)
		napi_throw_error(env, "ENOMEM", "no memory for the candidates, or no such cell");
	return make_u32(env, found < 0 ? 0 : (u32)found);
}

/* clearGroup(source, slot) */
static napi_value clear_group(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct group *group;

	get_arguments(env, info, arguments);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	group_clear(group);
	return end(env, source);
}

/* groupFill(source, slot): {tracked, room, evictions, error, bytes} */
static napi_value group_fill(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], object, evictions, error;
	struct source *source;
	struct group *group;
	struct group_fill fill;

	get_arguments(env, info, arguments);
	group = begin(env, arguments, &source);
	if (!group)
		return NULL;
	fill = group_filling(group);
	end(env, source);
	napi_create_object(env, &object);
	napi_create_bigint_uint64(env, fill.evictions, &evictions);
	napi_create_bigint_uint64(env, fill.error, &error);
	set(env, object, "tracked", make_u32(env, fill.tracked));
	set(env, object, "room", make_u32(env, fill.room));
	set(env, object, "evictions", evictions);
	set(env, object, "error", error);
	set(env, object, "bytes", make_double(env, (double)fill.bytes));
	return object;
}

void init_groups(napi_env env, napi_value exports)
{
	init_group_opening(env, exports);
	set_function(env, exports, "keyFields", key_fields);
	set_function(env, exports, "lookGroup", look_group);
	set_function(env, exports, "cutGroup", cut_group);
	set_function(env, exports, "promoteKey", promote_key);
	set_function(env, exports, "demoteKey", demote_key);
	set_function(env, exports, "groupCandidates", group_candidates_of);
	set_function(env, exports, "clearGroup", clear_group);
	set_function(env, exports, "groupFill", group_fill);
}
