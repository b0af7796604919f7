/* SPDX-License-Identifier: Apache-2.0 */
/* Changing the filters of a source that counts in the kernel, in the thread pool: nothing of the source is needed
 * there. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bpf_calls.h"
#include "filter_state.h"
#include "filter_translate.h"

struct change {
	napi_async_work work;
	napi_async_cleanup_hook_handle hook; /* keeps the environment of a worker that ends until the change has */
	napi_deferred deferred;
	napi_ref handle;
	struct filter_state *state;
	struct filter_set *set;
	struct filter_target target; /* with descriptors of its own */
	u32 flags;
	int culprit; /* number of the filter that failed alone; -1: all together */
	struct failure failure;
};

napi_value resolved(napi_env env)
{
	napi_deferred deferred;
	napi_value promise = NULL;

	if (!napi_create_promise(env, &deferred, &promise))
		napi_resolve_deferred(env, deferred, undefined(env));
	return promise;
}

static int load_set(struct change *change, const struct filter *filters, u32 count, struct failure *failure)
{
	u32 type = change->target.access == ACCESS_TCX ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP;
	const char *refusal;
	u32 length;
	struct bpf_insn *instructions = filters_translate(filters, count, &change->target, &length, &refusal);
	int program;

	if (!instructions)
		return fail(failure, refusal, E2BIG);
	program = bpf_load(type, instructions, length, change->flags, failure);
	free(instructions);
	return program;
}

/* Which filter cannot even be loaded alone. */
static int find_culprit(struct change *change)
{
	for (u32 i = 0; i < change->set->count; i++) {
		struct failure failure = {0};
		int program = load_set(change, &change->set->filters[i], 1, &failure);

		free(failure.log);
		if (program < 0)
			return (int)i;
		close(program);
	}
	return -1;
}

static void load(napi_env env, void *data)
{
	struct change *change = data;
	int program = load_set(change, change->set->filters, change->set->count, &change->failure);

	(void)env;
	change->culprit = -1;
	if (program < 0) {
		change->culprit = find_culprit(change);
		return;
	}
	if (bpf_set_slot(change->target.programs, 0, program))
		fail(&change->failure, "BPF_MAP_UPDATE_ELEM", errno);
	close(program); /* the array holds it */
	bpf_quiesce();
}

static void wait_for_change(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	(void)data;
}

static void close_own(struct change *change)
{
	close(change->target.tables);
	close(change->target.programs);
	close(change->target.values);
}

static void loaded(napi_env env, napi_status status, void *data)
{
	struct change *change = data;
	napi_value error;

	(void)status;
	if (change->failure.step) {
		free(change->set);
		throw_failure(env, &change->failure);
		if (!napi_get_and_clear_last_exception(env, &error)) {
			if (change->culprit >= 0)
				set(env, error, "filter", make_u32(env, (u32)change->culprit));
			napi_reject_deferred(env, change->deferred, error);
		}
	} else {
		filters_begin(change->state, change->set);
		filters_keep(change->state, change->set);
		napi_resolve_deferred(env, change->deferred, undefined(env));
	}
	filters_changed(change->state);
	close_own(change);
	napi_delete_reference(env, change->handle);
	napi_delete_async_work(env, change->work);
	napi_remove_async_cleanup_hook(change->hook);
	free(change);
}

static int duplicate(int descriptor)
{
	return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

napi_value filters_change(napi_env env, struct source *source, napi_value handle, struct filter_set *set)
{
	struct change *change = calloc(1, sizeof(*change));
	struct loaded *from = source->loaded;
	napi_value promise;

	if (!change || napi_create_promise(env, &change->deferred, &promise)) {
		free(change);
		free(set);
		return NULL;
	}
	change->state = source->filters;
	change->state->busy = 1;
	change->set = set;
	change->flags = from->flags;
	change->target = (struct filter_target){
		.access = is_tcx(from->hook) ? ACCESS_TCX
			  : from->flags      ? ACCESS_FRAGMENTS
					     : ACCESS_LINEAR,
		.raw = source->counting.layout.raw,
		.tables = duplicate(from->tables),
		.values = duplicate(change->state->map),
		.programs = duplicate(from->programs),
		.unique_bits = change->state->bits,
		.seed = change->state->seed,
	};
	from->present |= 1;
	bpf_tell(from);
	napi_create_reference(env, handle, 1, &change->handle);
	napi_create_async_work(env, NULL, make_string(env, "pktspot:filters"), load, loaded, change, &change->work);
	napi_add_async_cleanup_hook(env, wait_for_change, change, &change->hook);
	napi_queue_async_work(env, change->work);
	return promise;
}
