/* SPDX-License-Identifier: Apache-2.0 */
/* The filters of a source as JavaScript sets and reads them. */
#include "filter_set.h"

#include <stdlib.h>
#include <string.h>

#include "../core/fields.h"
#include "filter_state.h"

static u32 member(napi_env env, napi_value object, const char *name)
{
	napi_value value;

	return napi_get_named_property(env, object, name, &value) == napi_ok ? get_u32(env, value) : 0;
}

static struct sock_filter *instructions_of(napi_env env, napi_value object, u32 *count)
{
	napi_value value = NULL;
	size_t bytes = 0;
	void *instructions;

	napi_get_named_property(env, object, "instructions", &value);
	instructions = get_bytes(env, value, &bytes);
	*count = (u32)(bytes / sizeof(struct sock_filter));
	return instructions;
}

/* The programs of a JavaScript array, in one block; NULL when one of them cannot be run, which is thrown. */
static struct filter_set *read_set(napi_env env, u32 link, napi_value array)
{
	struct filter_set *set;
	struct sock_filter *room;
	u32 count = 0, length;
	size_t total = 0;

	if (napi_get_array_length(env, array, &count) != napi_ok)
		napi_throw_type_error(env, NULL, "expected an array");
	else if (count > FILTERS_MAX)
		napi_throw_range_error(env, NULL, "too many filters");
	for (u32 i = 0; i < count && !has_failed(env); i++) {
		napi_value program = NULL;

		napi_get_element(env, array, i, &program);
		instructions_of(env, program, &length);
		total += length;
	}
	if (has_failed(env))
		return NULL;
	set = calloc(1, sizeof(*set) + count * sizeof(*set->filters) + total * sizeof(*room));
	if (!set) {
		napi_throw_error(env, "ENOMEM", "out of memory");
		return NULL;
	}
	set->link = link;
	set->count = count;
	room = (struct sock_filter *)(set->filters + count);
	for (u32 i = 0; i < count; i++) {
		struct filter *filter = &set->filters[i];
		napi_value program = NULL;
		const char *refusal;
		const void *instructions;

		napi_get_element(env, array, i, &program);
		instructions = instructions_of(env, program, &filter->count);
		if (filter->count > total) /* what is asked for twice may be another each time */
			filter->count = 0;
		if (filter->count)
			memcpy(room, instructions, filter->count * sizeof(*room));
		total -= filter->count;
		filter->instructions = room;
		filter->layers = member(env, program, "layers");
		filter->add = member(env, program, "add");
		filter->field = member(env, program, "field");
		filter->cell = member(env, program, "cell");
		filter->fresh = member(env, program, "fresh");
		room += filter->count;
		refusal = filter_refusal(filter->instructions, filter->count);
		if (!refusal && filter->cell >= (filter->add == FILTER_ADD_UNIQUE ? FILTER_UNIQUES : FILTER_CELLS))
			refusal = "no such cell";
		if (!refusal && (filter->add > FILTER_ADD_UNIQUE || filter->field >= FIELDS))
			refusal = "no such field, or nothing that a match can add";
		if (refusal)
			napi_throw_error(env, "EINVAL", refusal);
		if (has_failed(env)) {
			free(set);
			return NULL;
		}
	}
	return set;
}

static u32 reach_of(const struct filter_set *set)
{
	u32 reach = 0;

	for (u32 i = 0; i < set->count; i++) {
		u32 own = filter_reach(set->filters[i].instructions, set->filters[i].count);

		reach = own > reach ? own : reach;
	}
	return reach;
}

/*
 * setFilters(source, link, [{instructions, layers, add, field, cell, fresh}]): a promise. Packets are tried on the new
 * filters from one to the next; on failure the old ones stay. What `fresh` cells held before counts no more.
 */
static napi_value set_filters(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct failure failure = {0};
	struct source *source;
	struct filter_set *set;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source)
		return NULL;
	if (source->filters && source->filters->busy) {
		napi_throw_error(env, "BUSY", "filters are still being set");
		return NULL;
	}
	set = read_set(env, get_u32(env, arguments[1]), arguments[2]);
	if (!set)
		return NULL;
	if (!source->filters) {
		struct filter_state *state = filters_make(source, &failure);

		if (!state) {
			free(set);
			return throw_failure(env, &failure);
		}
		hold_packets(source);
		source->filters = state;
		let_packets(source);
	}
	if (source->reach)
		source->reach(source, reach_of(set));
	if (source->loaded)
		return filters_change(env, source, arguments[0], set);
	hold_packets(source);
	filters_begin(source->filters, set);
	filters_keep(source->filters, set);
	let_packets(source);
	return resolved(env);
}

/* lookFilters(source, cells) */
static napi_value look_filters(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	u64 *cells;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	cells = get_room(env, arguments[1], FILTER_CELLS);
	if (!source || !cells)
		return NULL;
	filters_look(source->filters, cells);
	return undefined(env);
}

/*
 * cutFilters(source, estimates, registers): begins a window of what is unique and reads the one before, merged over
 * CPUs.
 */
static napi_value cut_filters(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	double *estimates;
	u8 *registers;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	estimates = get_room(env, arguments[1], FILTER_UNIQUES);
	registers = source ? get_room(env, arguments[2], (FILTER_UNIQUES << filters_unique_bits(source)) / 8) : NULL;
	if (!estimates || !registers)
		return NULL;
	if (!source->filters)
		return undefined(env);
	hold_packets(source);
	filters_cut(source->filters, registers);
	let_packets(source);
	for (u32 i = 0; i < FILTER_UNIQUES; i++)
		estimates[i] =
			estimate_hyperloglog(registers + ((size_t)i << source->filters->bits), source->filters->bits);
	return undefined(env);
}

/* filterSizes(source): {cells, uniques, registers} lengths for lookFilters() and cutFilters() */
static napi_value filter_sizes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct source *source;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source)
		return NULL;
	napi_create_object(env, &result);
	set(env, result, "cells", make_u32(env, FILTER_CELLS));
	set(env, result, "uniques", make_u32(env, FILTER_UNIQUES));
	set(env, result, "registers", make_u32(env, FILTER_UNIQUES << filters_unique_bits(source)));
	return result;
}

/* validateFilter(instructions): why it cannot be run, or undefined */
static napi_value validate_filter(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t bytes;
	const void *instructions;
	const char *refusal;

	get_arguments(env, info, arguments);
	instructions = get_bytes(env, arguments[0], &bytes);
	if (has_failed(env))
		return NULL;
	refusal = filter_refusal(instructions, (u32)(bytes / sizeof(struct sock_filter)));
	return refusal ? make_string(env, refusal) : undefined(env);
}

/* testFilter(instructions, frame, wireBytes): whether a program that validateFilter() took accepts the frame */
static napi_value test_filter(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct filter_frame frame = {0};
	const struct sock_filter *instructions;
	size_t bytes, length;

	get_arguments(env, info, arguments);
	instructions = get_bytes(env, arguments[0], &length);
	frame.data = get_bytes(env, arguments[1], &bytes);
	frame.captured = (u32)bytes;
	frame.wire = get_u32(env, arguments[2]);
	if (filter_refusal(instructions, (u32)(length / sizeof(*instructions))))
		napi_throw_range_error(env, NULL, "a program that cannot be run");
	if (has_failed(env))
		return NULL;
	napi_get_boolean(env, filter_run(instructions, &frame), &result);
	return result;
}

void init_filters(napi_env env, napi_value exports)
{
	set_function(env, exports, "setFilters", set_filters);
	set_function(env, exports, "lookFilters", look_filters);
	set_function(env, exports, "cutFilters", cut_filters);
	set_function(env, exports, "filterSizes", filter_sizes);
	set_function(env, exports, "validateFilter", validate_filter);
	set_function(env, exports, "testFilter", test_filter);
	init_filter_compile(env, exports);
}
