/* SPDX-License-Identifier: Apache-2.0 */
/* What counting costs the packets, and doing less of it. */
#include <string.h>

#include "../core/count.h"
#include "source.h"

struct load {
	u64 packets;
	u64 nanoseconds;
	u64 programs; /* bits of the chain's slots that are taken, shed or not */
};

static u64 taken(const struct source *source)
{
	u64 slots = source->filters != NULL;

	if (source->loaded)
		return source->loaded->present;
	for (u32 slot = 1; slot < PROGRAMS; slot++)
		slots |= source->groups[slot] ? 1ULL << slot : 0;
	return slots;
}

/* readLoad(source, load): packets that came, nanoseconds that our programs took for them, slots that are taken */
static napi_value read_load(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	struct load *load;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	load = get_room(env, arguments[1], sizeof(*load) / sizeof(u64));
	if (!source || !load)
		return NULL;
	*load = (struct load){.programs = taken(source)};
	for (u32 i = 0; i < source->counting.tables; i++) {
		const struct table *table = counting_table(&source->counting, i);

		load->packets += __atomic_load_n(&table->runs, __ATOMIC_RELAXED);
		load->nanoseconds += TIMED_EVERY * __atomic_load_n(&table->timed_ns, __ATOMIC_RELAXED);
	}
	if (source->busy_ns)
		load->nanoseconds = source->busy_ns(source);
	return undefined(env);
}

/* shed(source, what): packets are counted into less from now on, or into more again */
static napi_value shed(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	u32 what;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	what = get_u32(env, arguments[1]);
	if (what > 3)
		napi_throw_range_error(env, NULL, "shed: at most 3");
	if (has_failed(env))
		return NULL;
	if (source->loaded) {
		source->loaded->shed = what;
		bpf_tell(source->loaded);
		return undefined(env);
	}
	hold_packets(source);
	source->shed = what;
	for (u32 i = 0; i < source->counting.tables; i++) {
		struct packet *packet = packet_of(counting_table(&source->counting, i));

		memset(packet->matches, 0, sizeof(packet->matches));
	}
	let_packets(source);
	return undefined(env);
}

void init_load(napi_env env, napi_value exports)
{
	set_function(env, exports, "readLoad", read_load);
	set_function(env, exports, "shed", shed);
}
