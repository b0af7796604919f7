/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel drops, to JavaScript: opened once, then read and told of interfaces in memory alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf_drops.h"
#include "counting.h"
#include "napi.h"

static const napi_type_tag drops_tag = {0x6f0b7c2d93ae4451ULL, 0x8e5d1a7740c3b29fULL};

static void finalize(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	bpf_close_drops(data);
	free(data);
}

/* Throws and returns NULL when it was closed. */
static struct loaded_drops *get_drops(napi_env env, napi_value value)
{
	struct loaded_drops *drops = get_handle(env, value, &drops_tag);

	if (drops && !drops->tables)
		napi_throw_error(env, "CLOSED", "the count of drops is closed");
	return drops && drops->tables ? drops : NULL;
}

/* Whether the arguments of openDrops are of their kinds; throws when they are not. */
static int get_constants(napi_env env, const napi_value *arguments, struct drop_constants *constants)
{
	u32 cpus = get_u32(env, arguments[0]), offsets[5];
	size_t bytes = 0;
	const void *given = get_bytes(env, arguments[2], &bytes);

	constants->ignored = get_u64(env, arguments[1]);
	if (has_failed(env))
		return 0;
	if (cpus < 1 || cpus > TABLES_MAX || (bytes && bytes != sizeof(offsets))) {
		napi_throw_range_error(env, NULL, "no such count of CPUs or offsets");
		return 0;
	}
	if (!bytes)
		return 1;
	memcpy(offsets, given, sizeof(offsets));
	constants->interfaces = 1;
	constants->skb_dev = offsets[0];
	constants->device_index = offsets[1];
	constants->device_namespace = offsets[2];
	constants->namespace_number = offsets[3];
	constants->own_namespace = offsets[4];
	return 1;
}

/* openDrops(cpus, ignored, offsets): attached when it returns; without offsets interfaces are not told apart */
static napi_value open_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], handle;
	struct loaded_drops *drops;
	struct drop_constants constants = {0};
	struct failure failure = {0};

	get_arguments(env, info, arguments);
	if (!get_constants(env, arguments, &constants))
		return NULL;
	drops = malloc(sizeof(*drops));
	if (!drops) {
		fail(&failure, "malloc", ENOMEM);
		return throw_failure(env, &failure);
	}
	if (bpf_open_drops(drops, &constants, get_u32(env, arguments[0]), &failure)) {
		free(drops);
		return throw_failure(env, &failure);
	}
	free(failure.log);
	if (napi_create_external(env, drops, finalize, NULL, &handle)) {
		bpf_close_drops(drops);
		free(drops);
		return NULL;
	}
	napi_type_tag_object(env, handle, &drops_tag);
	return handle;
}

static struct drop_table *table_of(const struct loaded_drops *drops, u32 cpu)
{
	return (struct drop_table *)(drops->tables + (size_t)cpu * drops->stride);
}

/* lookDrops(drops, cells): the reasons, the subsystems, all others, since it was opened */
static napi_value look_drops(napi_env env, napi_callback_info info)
{
	const u32 count = DROP_REASONS + DROP_SUBSYSTEMS + 1;
	napi_value arguments[ARGUMENTS_MAX];
	struct loaded_drops *drops;
	u64 *cells;

	get_arguments(env, info, arguments);
	drops = get_drops(env, arguments[0]);
	cells = drops ? get_room(env, arguments[1], count) : NULL;
	if (!cells)
		return NULL;
	for (u32 cell = 0; cell < count; cell++)
		cells[cell] = 0;
	for (u32 cpu = 0; cpu < drops->cpus; cpu++) {
		const u64 *from = table_of(drops, cpu)->reasons; /* the other two lie behind */

		for (u32 cell = 0; cell < count; cell++)
			cells[cell] += __atomic_load_n(from + cell, __ATOMIC_RELAXED);
	}
	return undefined(env);
}

/* watchDrops(drops, index): the interface's place; -1 when there is none left */
static napi_value watch_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct loaded_drops *drops;
	u32 index;

	get_arguments(env, info, arguments);
	drops = get_drops(env, arguments[0]);
	if (!drops)
		return NULL;
	index = get_u32(env, arguments[1]);
	if (has_failed(env))
		return NULL;
	for (u32 probe = 0; probe < WATCH_PROBES; probe++) {
		u32 place = watch_place(index, probe);

		if (drops->watch->indexes[place])
			continue;
		__atomic_store_n(&drops->watch->indexes[place], index, __ATOMIC_RELEASE);
		return make_double(env, place);
	}
	return make_double(env, -1);
}

static u32 *get_place(napi_env env, const struct loaded_drops *drops, napi_value value)
{
	u32 place = get_u32(env, value);

	if (!drops || has_failed(env))
		return NULL;
	if (place < WATCH_PLACES)
		return &drops->watch->indexes[place];
	napi_throw_range_error(env, NULL, "no such place");
	return NULL;
}

/* unwatchDrops(drops, place): frees a place; after the drops were closed it does nothing */
static napi_value unwatch_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct loaded_drops *drops;
	u32 *index;

	get_arguments(env, info, arguments);
	drops = get_handle(env, arguments[0], &drops_tag);
	if (!drops || !drops->tables)
		return undefined(env);
	index = get_place(env, drops, arguments[1]);
	if (index)
		__atomic_store_n(index, 0, __ATOMIC_RELEASE);
	return undefined(env);
}

/* watchedDrops(drops, place): what was ever counted in a place */
static napi_value watched_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct loaded_drops *drops;
	u64 sum = 0;

	get_arguments(env, info, arguments);
	drops = get_drops(env, arguments[0]);
	if (!get_place(env, drops, arguments[1]))
		return NULL;
	for (u32 cpu = 0; cpu < drops->cpus; cpu++)
		sum += __atomic_load_n(&table_of(drops, cpu)->watched[get_u32(env, arguments[1])], __ATOMIC_RELAXED);
	napi_create_bigint_uint64(env, sum, &result);
	return result;
}

/* closeDrops(drops): detaches; closing twice does nothing */
static napi_value close_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct loaded_drops *drops;

	get_arguments(env, info, arguments);
	drops = get_handle(env, arguments[0], &drops_tag);
	if (drops)
		bpf_close_drops(drops);
	return undefined(env);
}

/* dropSizes(): how many reasons and subsystems are told apart */
static napi_value drop_sizes(napi_env env, napi_callback_info info)
{
	napi_value result;

	(void)info;
	napi_create_object(env, &result);
	set(env, result, "reasons", make_u32(env, DROP_REASONS));
	set(env, result, "subsystems", make_u32(env, DROP_SUBSYSTEMS));
	return result;
}

void init_drops(napi_env env, napi_value exports)
{
	set_function(env, exports, "openDrops", open_drops);
	set_function(env, exports, "lookDrops", look_drops);
	set_function(env, exports, "watchDrops", watch_drops);
	set_function(env, exports, "unwatchDrops", unwatch_drops);
	set_function(env, exports, "watchedDrops", watched_drops);
	set_function(env, exports, "closeDrops", close_drops);
	set_function(env, exports, "dropSizes", drop_sizes);
}
