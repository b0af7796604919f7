/* SPDX-License-Identifier: Apache-2.0 */
/* The source that counts in the kernel: an XDP or tcx program and its mapped tables. */
#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <time.h>

#include "bpf.h"
#include "source.h"

struct kernel_source {
	struct source source;
	struct loaded loaded;
	enum hook hook;
};

static void close_kernel(struct source *source)
{
	struct kernel_source *kernel = (struct kernel_source *)source;

	bpf_close(&kernel->loaded);
}

static u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (u64)now.tv_sec * 1000000000ULL + (u64)now.tv_nsec;
}

/* The programs stamp with the coarse monotonic clock (a tick behind at most); user space knows the wall's offset. */
static u64 monotonic_to_unix(u64 last_ns)
{
	return last_ns + clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
}

/*
 * openKernel(hook, cpus, bits, seed, frags, raw, pins): loads the program and maps its tables; nothing is attached yet.
 * What is pinned in the folder `pins` goes on; without a folder nothing is.
 */
static napi_value open_kernel(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct kernel_source *kernel = calloc(1, sizeof(*kernel));
	struct failure failure = {0};
	struct layout layout = {0};
	char pins[PATH_MAX];

	get_arguments(env, info, arguments);
	get_text(env, arguments[6], pins, sizeof(pins));
	if (get_u32(env, arguments[0]) > HOOK_TCX_EGRESS)
		napi_throw_range_error(env, NULL, "no such hook");
	if (!can_count(env, arguments[1], arguments[2], arguments[3]))
		return free(kernel), NULL;
	layout.hyperloglog_bits = get_u32(env, arguments[2]);
	layout.seed = get_u64(env, arguments[3]);
	layout.frags = (u32)get_bool(env, arguments[4]);
	layout.raw = (u32)get_bool(env, arguments[5]);
	layout.transmit = get_u32(env, arguments[0]) == HOOK_TCX_EGRESS;
	if (has_failed(env))
		return free(kernel), NULL;
	if (!kernel) {
		fail(&failure, "malloc", ENOMEM);
		return throw_failure(env, &failure);
	}
	kernel->hook = layout.hook = get_u32(env, arguments[0]);
	if (bpf_open(&kernel->loaded, kernel->hook, &layout, get_u32(env, arguments[1]), pins[0] ? pins : NULL,
		     &failure)) {
		free(kernel);
		return throw_failure(env, &failure);
	}
	kernel->source.counting.layout = layout;
	kernel->source.counting.tables = get_u32(env, arguments[1]);
	kernel->source.counting.stride = table_bytes(&layout);
	kernel->source.counting.memory = kernel->loaded.memory;
	kernel->source.loaded = &kernel->loaded;
	kernel->source.unix_ns = monotonic_to_unix;
	kernel->source.quiesce = bpf_quiesce;
	kernel->source.close = close_kernel;
	return make_source(env, &kernel->source);
}

static struct kernel_source *get_kernel(napi_env env, napi_value value)
{
	struct source *source = get_source(env, value);

	if (source && source->close != close_kernel) {
		napi_throw_type_error(env, NULL, "not a kernel source");
		return NULL;
	}
	return (struct kernel_source *)source;
}

/* attachKernel(source, ifindex) */
static napi_value attach_kernel(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct kernel_source *kernel;
	struct failure failure = {0};
	u32 ifindex;

	get_arguments(env, info, arguments);
	kernel = get_kernel(env, arguments[0]);
	ifindex = get_u32(env, arguments[1]);
	if (has_failed(env))
		return NULL;
	if (bpf_attach(&kernel->loaded, kernel->hook, ifindex, &failure))
		return throw_failure(env, &failure);
	return undefined(env);
}

/* testKernel(source, frame, repeat): {verdict, nanoseconds}: the program run by the kernel over one frame */
static napi_value test_kernel(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct kernel_source *kernel;
	struct failure failure = {0};
	const u8 *frame;
	size_t bytes;
	u32 repeat, duration = 0;
	int verdict;

	get_arguments(env, info, arguments);
	kernel = get_kernel(env, arguments[0]);
	frame = get_bytes(env, arguments[1], &bytes);
	repeat = get_u32(env, arguments[2]);
	if (!kernel || !frame || has_failed(env))
		return NULL;
	verdict = bpf_test_run(&kernel->loaded, frame, (u32)bytes, repeat, &duration, &failure);
	if (failure.step)
		return throw_failure(env, &failure);
	napi_create_object(env, &result);
	set(env, result, "verdict", make_double(env, verdict));
	set(env, result, "nanoseconds", make_u32(env, duration));
	return result;
}

void init_kernel(napi_env env, napi_value exports)
{
	set_function(env, exports, "openKernel", open_kernel);
	set_function(env, exports, "attachKernel", attach_kernel);
	set_function(env, exports, "testKernel", test_kernel);
}
