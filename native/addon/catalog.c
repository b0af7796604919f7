/* SPDX-License-Identifier: Apache-2.0 */
/* The counters as data: the same lines that count, read once more. */
#include "counting.h"
#include "napi.h"

struct entry {
	const char *name, *layer, *kind, *unit, *metric, *help;
	u32 index;
	const u32 *bounds;
	u32 bound_count;
};

#include "../core/only.h"
#undef HISTOGRAM
#define HISTOGRAM(name, layer, metric, help, value, ...) static const u32 bounds_of_##name[] = {__VA_ARGS__};
#include "../gen/all.h"

static const struct entry entries[] = {
#undef SUM
#undef BYTES
#undef HISTOGRAM
#undef DISTINCT
#undef PORTS
#undef CLOCK
#define SUM(name, layer, help, value) {#name, #layer, "sum", "packets", "", help, SLOT_##name, 0, 0},
#define BYTES(name, layer, help, value) {#name, #layer, "sum", "bytes", "", help, SLOT_##name, 0, 0},
#define HISTOGRAM(name, layer, metric, help, value, ...) \
	{#name, #layer, "histogram", "bytes", #metric, help, SLOT_##name, bounds_of_##name, COUNT_OF(__VA_ARGS__)},
#define DISTINCT(name, layer, metric, help, hash) \
	{#name, #layer, "distinct", #metric, "unique_" #metric, help, SKETCH_##name, 0, 0},
#define PORTS(name, layer, metric, help, known, port) \
	{#name, #layer, "distinct", #metric, "unique_" #metric, help, HYPERLOGLOGS + SKETCH_##name, 0, 0},
#define CLOCK(name, layer, help, value) {#name, #layer, "clock", "nanoseconds", "", help, CLOCK_##name, 0, 0},
#include "../gen/all.h"
};

/* catalog(): one object a counter */
static napi_value catalog(napi_env env, napi_callback_info info)
{
	napi_value list;

	(void)info;
	napi_create_array(env, &list);
	for (u32 i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry *entry = &entries[i];
		napi_value object, bounds;

		napi_create_object(env, &object);
		set(env, object, "name", make_string(env, entry->name));
		set(env, object, "layer", make_string(env, entry->layer));
		set(env, object, "kind", make_string(env, entry->kind));
		set(env, object, "unit", make_string(env, entry->unit));
		set(env, object, "metric", make_string(env, entry->metric));
		set(env, object, "help", make_string(env, entry->help));
		set(env, object, "index", make_u32(env, entry->index));
		napi_create_array(env, &bounds);
		for (u32 bound = 0; bound < entry->bound_count; bound++)
			napi_set_element(env, bounds, bound, make_u32(env, entry->bounds[bound]));
		set(env, object, "bounds", bounds);
		napi_set_element(env, list, i, object);
	}
	return list;
}

/* sizes(bits): lengths of a reading's arrays, bytes of one table and of one epoch's sketches with that precision */
static napi_value sizes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], object;
	struct layout layout = {0};

	get_arguments(env, info, arguments);
	layout.hyperloglog_bits = get_u32(env, arguments[0]);
	if (layout.hyperloglog_bits > HYPERLOGLOG_BITS_MAX)
		napi_throw_range_error(env, NULL, "bits: at most 14");
	if (has_failed(env))
		return NULL;
	napi_create_object(env, &object);
	set(env, object, "slots", make_u32(env, SLOTS));
	set(env, object, "distinct", make_u32(env, HYPERLOGLOGS + PORT_MAPS));
	set(env, object, "clocks", make_u32(env, CLOCKS));
	set(env, object, "tableBytes", make_u32(env, table_bytes(&layout)));
	set(env, object, "epochBytes", make_u32(env, epoch_bytes(&layout)));
	set(env, object, "bitsMin", make_u32(env, HYPERLOGLOG_BITS_MIN));
	set(env, object, "bitsMax", make_u32(env, HYPERLOGLOG_BITS_MAX));
	return object;
}

/* The precision of sketches so long; 0 when there is none. */
static u32 bits_of(size_t bytes)
{
	for (u32 bits = HYPERLOGLOG_BITS_MIN; bits <= HYPERLOGLOG_BITS_MAX; bits++) {
		struct layout layout = {.hyperloglog_bits = bits};

		if (epoch_bytes(&layout) == bytes)
			return bits;
	}
	return 0;
}

/* mergeSketches(into, from): both of one length */
static napi_value merge(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t into_bytes, from_bytes;
	u8 *into;
	const u8 *from;

	get_arguments(env, info, arguments);
	into = get_bytes(env, arguments[0], &into_bytes);
	from = get_bytes(env, arguments[1], &from_bytes);
	if (into_bytes != from_bytes || !bits_of(into_bytes))
		napi_throw_range_error(env, NULL, "not sketches of one precision");
	else
		merge_sketches(into, from, bits_of(into_bytes));
	return undefined(env);
}

/* estimateSketches(sketches, distinct) */
static napi_value estimate(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t bytes, room;
	const u8 *own;
	double *distinct;

	get_arguments(env, info, arguments);
	own = get_bytes(env, arguments[0], &bytes);
	distinct = get_bytes(env, arguments[1], &room);
	if (!bits_of(bytes) || room != DISTINCTS * sizeof(*distinct) || (size_t)distinct % sizeof(*distinct))
		napi_throw_range_error(env, NULL, "not sketches and room for their estimates");
	else
		estimate_sketches(own, bits_of(bytes), distinct);
	return undefined(env);
}

/* mergeRegisters(into, from): those of HyperLogLogs, of one length */
static napi_value merge_own(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t into_bytes, from_bytes;
	u8 *into;
	const u8 *from;

	get_arguments(env, info, arguments);
	into = get_bytes(env, arguments[0], &into_bytes);
	from = get_bytes(env, arguments[1], &from_bytes);
	if (into_bytes != from_bytes || into_bytes % 8)
		napi_throw_range_error(env, NULL, "not registers of one precision");
	else
		merge_registers(into, from, (u32)into_bytes);
	return undefined(env);
}

/* estimateRegisters(registers): how many different values set them */
static napi_value estimate_own(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t bytes;
	const u8 *registers;

	get_arguments(env, info, arguments);
	registers = get_bytes(env, arguments[0], &bytes);
	if (bytes < 8 || bytes > 1u << 24 || bytes & (bytes - 1)) {
		napi_throw_range_error(env, NULL, "not the registers of a sketch");
		return NULL;
	}
	return make_double(env, estimate_hyperloglog(registers, (u32)__builtin_ctzll(bytes)));
}

void init_catalog(napi_env env, napi_value exports)
{
	set_function(env, exports, "catalog", catalog);
	set_function(env, exports, "sizes", sizes);
	set_function(env, exports, "mergeSketches", merge);
	set_function(env, exports, "estimateSketches", estimate);
	set_function(env, exports, "mergeRegisters", merge_own);
	set_function(env, exports, "estimateRegisters", estimate_own);
}
