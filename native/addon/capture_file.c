/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_file.h"

#include <errno.h>
#include <stdlib.h>

static void close_capture(struct source *source)
{
	free(((struct capture_file *)source)->ports);
	counting_free(&source->counting);
}

static void reach(struct source *source, u32 bytes)
{
	((struct capture_file *)source)->reach = bytes;
}

/* openCapture(tables, bits, seed): packet i is counted into table i modulo tables */
static napi_value open_capture(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct capture_file *file = calloc(1, sizeof(*file));
	struct failure failure = {0};

	get_arguments(env, info, arguments);
	if (!can_count(env, arguments[0], arguments[1], arguments[2]))
		return free(file), NULL;
	if (!file)
		return fail(&failure, "calloc", ENOMEM), throw_failure(env, &failure);
	file->source.close = close_capture;
	file->source.reach = reach;
	file->read = read_magic;
	if (counting_init(&file->source.counting, get_u32(env, arguments[0]), get_u32(env, arguments[1]),
			  get_u64(env, arguments[2]))) {
		close_capture(&file->source);
		free(file);
		return fail(&failure, "malloc", ENOMEM), throw_failure(env, &failure);
	}
	return make_source(env, &file->source);
}

static struct capture_file *get_capture(napi_env env, napi_value value)
{
	struct source *source = get_source(env, value);

	if (source && source->close != close_capture)
		napi_throw_type_error(env, NULL, "not a capture file");
	return source && source->close == close_capture ? (struct capture_file *)source : NULL;
}

static napi_value make_u64(napi_env env, u64 number)
{
	napi_value value;

	napi_create_bigint_uint64(env, number, &value);
	return value;
}

static void describe_defect(napi_env env, napi_value result, const struct capture_file *file)
{
	static const char *const names[] = {
		[DEFECT_EMPTY] = "empty",
		[DEFECT_MAGIC] = "magic",
		[DEFECT_CUT] = "cut",
		[DEFECT_RECORD] = "record",
		[DEFECT_BYTE_ORDER] = "byteOrder",
		[DEFECT_BLOCK] = "block",
		[DEFECT_PACKET] = "packet",
		[DEFECT_PORT] = "port",
		[DEFECT_PORTS] = "ports",
	};

	set(env, result, "defect", make_string(env, names[file->defect]));
	set(env, result, "detail", make_u32(env, file->detail));
	set(env, result, "offset", make_double(env, (double)file->offset));
}

/* The file ends here: between two records it may. */
static void check_end(struct capture_file *file, const u8 *at, const u8 *end)
{
	if (file->read == read_magic)
		stop_at_defect(file, at, DEFECT_EMPTY, (u32)(end - at));
	else if (at < end)
		stop_at_defect(file, at, DEFECT_CUT, file->need);
}

/*
 * feedCapture(source, piece, from, to, untilNs, last): {stop, from, need, time, latest, defect?, detail?, offset?}
 * counts the records in [from, to) of the piece whose time is before untilNs; `last` says that nothing follows.
 */
static napi_value feed_capture(napi_env env, napi_callback_info info)
{
	static const char *const names[] = {
		[STOP_MORE] = "more", [STOP_BOUNDARY] = "boundary", [STOP_DEFECT] = "defect"};
	static const u8 nothing[1];
	napi_value arguments[ARGUMENTS_MAX], result;
	struct capture_file *file;
	const u8 *piece, *from, *at, *to;
	u64 until_ns;
	u32 begin, end;
	size_t bytes;
	int last;

	get_arguments(env, info, arguments);
	file = get_capture(env, arguments[0]);
	if (!file)
		return NULL;
	piece = get_bytes(env, arguments[1], &bytes);
	begin = get_u32(env, arguments[2]);
	end = get_u32(env, arguments[3]);
	until_ns = get_u64(env, arguments[4]);
	last = get_bool(env, arguments[5]);
	if (begin > end || end > bytes)
		napi_throw_range_error(env, NULL, "not a part of the piece");
	if (has_failed(env))
		return NULL;
	if (!piece) /* an empty array has no memory */
		piece = nothing;
	from = piece + begin;
	to = piece + end;
	file->until_ns = until_ns;
	at = file->read(file, from, to);
	file->offset += (u64)(at - from);
	if (file->stop == STOP_MORE && last)
		check_end(file, at, to);

	napi_create_object(env, &result);
	set(env, result, "stop", make_string(env, names[file->stop]));
	set(env, result, "from", make_u32(env, (u32)(at - piece)));
	set(env, result, "need", make_u32(env, file->need));
	set(env, result, "time", make_u64(env, file->boundary_ns));
	set(env, result, "latest", make_u64(env, file->latest_ns));
	if (file->stop == STOP_DEFECT)
		describe_defect(env, result, file);
	return result;
}

/* captureReach(source): bytes that packets must be captured by for the filters to judge them */
static napi_value capture_reach(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct capture_file *file;

	get_arguments(env, info, arguments);
	file = get_capture(env, arguments[0]);
	return file ? make_u32(env, file->reach) : NULL;
}

void init_capture_file(napi_env env, napi_value exports)
{
	set_function(env, exports, "openCapture", open_capture);
	set_function(env, exports, "feedCapture", feed_capture);
	set_function(env, exports, "captureReach", capture_reach);
}
