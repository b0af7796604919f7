/* SPDX-License-Identifier: Apache-2.0 */
/* Handles of sources: made, found behind a JavaScript value, closed. */
#include "source.h"

#include "bpf.h"
#include "filter_set.h"

#include <stdlib.h>

static const napi_type_tag source_tag = {0x2d1c6ad0b7c94f1bULL, 0x9a1e03f54be87c62ULL};

int can_count(napi_env env, napi_value tables, napi_value bits, napi_value seed)
{
	const char *refusal = counting_refusal(get_u32(env, tables), get_u32(env, bits));

	get_u64(env, seed);
	if (refusal)
		napi_throw_range_error(env, NULL, refusal);
	return !has_failed(env);
}

void free_source(struct source *source)
{
	if (source->loaded)
		source->loaded->ends = 1;
	close_groups(source);
	source->close(source);
	filters_free(source->filters);
	frame_batches_free(source->batches);
	free(source);
}

/* The handle's cell outlives the source: closing twice is harmless. */
static void finalize(napi_env env, void *data, void *hint)
{
	struct source **cell = data;

	(void)env;
	(void)hint;
	if (*cell)
		free_source(*cell);
	free(cell);
}

napi_value make_source(napi_env env, struct source *source)
{
	struct source **cell = malloc(sizeof(*cell));
	napi_value handle;

	if (!cell) {
		free_source(source);
		napi_throw_error(env, "ENOMEM", "out of memory");
		return NULL;
	}
	*cell = source;
	if (napi_create_external(env, cell, finalize, NULL, &handle)) {
		free(cell);
		free_source(source);
		return NULL;
	}
	napi_type_tag_object(env, handle, &source_tag);
	return handle;
}

struct source *find_source(napi_env env, napi_value value)
{
	struct source **cell = get_handle(env, value, &source_tag);

	return cell ? *cell : NULL;
}

struct source *get_source(napi_env env, napi_value value)
{
	struct source **cell = get_handle(env, value, &source_tag);

	if (cell && !*cell)
		napi_throw_error(env, "CLOSED", "the source is closed");
	return cell ? *cell : NULL;
}

/* close(source) */
static napi_value close_source(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source **cell;

	get_arguments(env, info, arguments);
	cell = get_handle(env, arguments[0], &source_tag);
	if (!cell || !*cell)
		return undefined(env);
	if ((*cell)->busy)
		(*cell)->closed = 1;
	else
		free_source(*cell);
	*cell = NULL;
	return undefined(env);
}

void init_source(napi_env env, napi_value exports)
{
	set_function(env, exports, "close", close_source);
}
