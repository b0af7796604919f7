/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a source: a look at its sums, and cutting windows, whose sketches are merged off the main thread. */
#include <stdlib.h>
#include <time.h>

#include "source.h"

static u64 wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000000000ULL + (u64)now.tv_nsec;
}

struct clock_layer {
	u64 source_ns;
	u64 wall_ns;
};

/* Fills slots, clocks and the lost frames (one u64); the caller holds the lock. */
static void take(struct source *source, u64 *slots, u64 *clocks, u64 *lost)
{
	u64 last = counting_last_ns(&source->counting);
	struct clock_layer layer = {.source_ns = last && source->unix_ns ? source->unix_ns(last) : last,
				    .wall_ns = last ? wall_ns() : 0};
	const struct clock_layer *clock = &layer;
	u32 index = 0;

	counting_sums(&source->counting, slots);
#include "../core/only.h"
#undef CLOCK
#define CLOCK(name, layer, help, value) clocks[index++] = (value);
#include "../gen/clock.h"
#include "../core/only.h"
	*lost = source->lost ? source->lost(source) : 0;
}

/* Where a reading goes: (slots, clocks, lost). */
struct reading {
	u64 *slots;
	u64 *clocks;
	u64 *lost;
};

/* Throws and returns -1 when there is less room than a reading takes. */
static int get_reading(napi_env env, const napi_value *arguments, struct reading *reading)
{
	reading->slots = get_room(env, arguments[0], SLOTS);
	reading->clocks = get_room(env, arguments[1], CLOCKS);
	reading->lost = get_room(env, arguments[2], 1);
	return has_failed(env) ? -1 : 0;
}

/* look(source, slots, clocks, lost) */
static napi_value look(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct reading reading;
	struct source *source;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source || get_reading(env, arguments + 1, &reading))
		return NULL;
	hold_packets(source);
	take(source, reading.slots, reading.clocks, reading.lost);
	let_packets(source);
	return undefined(env);
}

/* Room for an epoch's sketches; throws and returns NULL when it has another size. */
static u8 *get_sketches(napi_env env, napi_value value, const struct source *source)
{
	size_t bytes = 0;
	u8 *sketches = get_bytes(env, value, &bytes);

	if (!has_failed(env) && bytes != epoch_bytes(&source->counting.layout)) {
		napi_throw_range_error(env, NULL, "no room for the sketches of one epoch");
		return NULL;
	}
	return has_failed(env) ? NULL : sketches;
}

struct cut {
	napi_async_work work;
	napi_async_cleanup_hook_handle hook; /* keeps the environment of a worker that ends until the cut has */
	napi_deferred deferred;
	napi_ref distinct; /* these keep what is written to and read from meanwhile */
	napi_ref sketches;
	napi_ref handle;
	struct source *source;
	u32 epoch;
	u8 *merged;
	double *estimates;
};

static void collect(napi_env env, void *data)
{
	struct cut *cut = data;

	(void)env;
	if (cut->source->quiesce)
		cut->source->quiesce();
	counting_collect(&cut->source->counting, cut->epoch, cut->merged, cut->estimates);
}

/* The environment ends: nothing to do but to have it wait for collected(), which removes the hook. */
static void wait_for_cut(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	(void)data;
}

static void collected(napi_env env, napi_status status, void *data)
{
	struct cut *cut = data;

	(void)status;
	cut->source->busy = 0;
	if (cut->source->closed)
		free_source(cut->source);
	napi_resolve_deferred(env, cut->deferred, undefined(env));
	napi_delete_reference(env, cut->distinct);
	napi_delete_reference(env, cut->sketches);
	napi_delete_reference(env, cut->handle);
	napi_delete_async_work(env, cut->work);
	napi_remove_async_cleanup_hook(cut->hook);
	free(cut);
}

/*
 * cut(source, slots, clocks, lost, distinct, sketches): closes the running epoch. The sums are taken at once; the
 * promise resolves when the sketches are merged, off the main thread.
 */
static napi_value cut_window(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], promise;
	struct reading reading;
	struct source *source;
	struct cut *cut;
	double *distinct;
	u8 *merged;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source || get_reading(env, arguments + 1, &reading))
		return NULL;
	distinct = get_room(env, arguments[4], DISTINCTS);
	merged = distinct ? get_sketches(env, arguments[5], source) : NULL;
	if (!merged)
		return NULL;
	cut = source->busy ? NULL : calloc(1, sizeof(*cut));
	if (!cut) {
		napi_throw_error(env, "BUSY", "the window before is still being read");
		return NULL;
	}
	if (napi_create_promise(env, &cut->deferred, &promise)) { /* a worker that is ending: no JavaScript any more */
		free(cut);
		return NULL;
	}
	cut->source = source;
	source->busy = 1;
	hold_packets(source);
	take(source, reading.slots, reading.clocks, reading.lost);
	cut->epoch = counting_flip(&source->counting);
	let_packets(source);
	cut->estimates = distinct;
	cut->merged = merged;
	napi_create_reference(env, arguments[4], 1, &cut->distinct);
	napi_create_reference(env, arguments[5], 1, &cut->sketches);
	napi_create_reference(env, arguments[0], 1, &cut->handle);
	napi_create_async_work(env, NULL, make_string(env, "pktspot:cut"), collect, collected, cut, &cut->work);
	napi_add_async_cleanup_hook(env, wait_for_cut, cut, &cut->hook);
	napi_queue_async_work(env, cut->work);
	return promise;
}

/* cutNow(source, slots, clocks, lost, distinct, sketches): the same for a source that only counts when it is called. */
static napi_value cut_now(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct reading reading;
	struct source *source;
	double *distinct;
	u8 *merged;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source || get_reading(env, arguments + 1, &reading))
		return NULL;
	distinct = get_room(env, arguments[4], DISTINCTS);
	merged = distinct ? get_sketches(env, arguments[5], source) : NULL;
	if (!merged)
		return NULL;
	take(source, reading.slots, reading.clocks, reading.lost);
	counting_collect(&source->counting, counting_flip(&source->counting), merged, distinct);
	return undefined(env);
}

/* sketches(source): a copy of the running epoch, merged over the tables. */
static napi_value sketches(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], buffer;
	struct source *source;
	void *bytes;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source)
		return NULL;
	if (napi_create_buffer(env, epoch_bytes(&source->counting.layout), &bytes, &buffer))
		return NULL;
	counting_merge(&source->counting, counting_table(&source->counting, 0)->epoch & 1, bytes);
	return buffer;
}

/* sketchBytes(source): length of one epoch's sketches */
static napi_value sketch_bytes(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	return source ? make_u32(env, epoch_bytes(&source->counting.layout)) : NULL;
}

void init_windows(napi_env env, napi_value exports)
{
	set_function(env, exports, "look", look);
	set_function(env, exports, "cut", cut_window);
	set_function(env, exports, "cutNow", cut_now);
	set_function(env, exports, "sketches", sketches);
	set_function(env, exports, "sketchBytes", sketch_bytes);
}
