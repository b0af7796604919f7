/* SPDX-License-Identifier: Apache-2.0 */
/* Counts Ethernet frames that the caller hands in: the core in user space, without a capture behind it. */
#include <errno.h>
#include <stdlib.h>

#include "../core/count.h"
#include "filter_set.h"
#include "link_layer.h"
#include "source.h"

static void close_frames(struct source *source)
{
	counting_free(&source->counting);
}

/* openFrames(tables, bits, seed) */
static napi_value open_frames(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source = calloc(1, sizeof(*source));
	struct failure failure = {0};

	get_arguments(env, info, arguments);
	if (!can_count(env, arguments[0], arguments[1], arguments[2]))
		return free(source), NULL;
	if (!source)
		return fail(&failure, "calloc", ENOMEM), throw_failure(env, &failure);
	source->close = close_frames;
	if (counting_init(&source->counting, get_u32(env, arguments[0]), get_u32(env, arguments[1]),
			  get_u64(env, arguments[2]))) {
		close_frames(source);
		free(source);
		return fail(&failure, "malloc", ENOMEM), throw_failure(env, &failure);
	}
	return make_source(env, source);
}

/* countFrame(source, table, frame, wireBytes, segments, segmentBytes) */
static napi_value count_frame(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct packet *packet;
	struct segmentation segmentation = {0};
	struct table *table;
	const u8 *frame;
	size_t bytes;
	u32 number, wire;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	number = get_u32(env, arguments[1]);
	frame = get_bytes(env, arguments[2], &bytes);
	wire = get_u32(env, arguments[3]);
	segmentation.segments = get_u32(env, arguments[4]);
	segmentation.segment_bytes = get_u32(env, arguments[5]);
	if (source && number >= source->counting.tables)
		napi_throw_range_error(env, NULL, "no such table");
	if (!source || !frame || has_failed(env))
		return NULL;
	table = counting_table(&source->counting, number);
	packet = packet_of(table);
	parse_ethernet(packet, frame, frame + bytes, wire, 0, source->counting.layout.seed);
	if (segmentation.segment_bytes)
		count_segmented(table, packet, &segmentation);
	else
		count_sums(table, packet, 1);
	count_distinct(table, &source->counting.layout, packet);
	if (source->filters)
		filters_match(source->filters, LINK_ETHERNET, packet,
			      &(struct filter_frame){.data = frame, .captured = (u32)bytes, .wire = wire});
	if (source->group_count)
		count_into_groups(source, number, packet);
	return undefined(env);
}

void init_frames(napi_env env, napi_value exports)
{
	set_function(env, exports, "openFrames", open_frames);
	set_function(env, exports, "countFrame", count_frame);
}
