/* SPDX-License-Identifier: Apache-2.0 */
/* What every source offers to JavaScript: a handle that can be looked at, cut into windows and closed. */
#ifndef PKTSPOT_SOURCE_H
#define PKTSPOT_SOURCE_H

#include "counting.h"
#include "frame_batches.h"
#include "groups.h"
#include "napi.h"

struct source {
	struct counting counting;
	/* Holds off the packets of a source that counts in a thread of ours; NULL where there is none. */
	void (*lock)(struct source *source);
	void (*unlock)(struct source *source);
	/* Unix time of the last packet from counting_last_ns; identity where it is unix time already (NULL). */
	u64 (*unix_ns)(u64 last_ns);
	/* Frames lost since the source was opened; NULL: none can be. */
	u64 (*lost)(struct source *source);
	/* Time that our part took of a CPU; NULL: that of the kernel's programs. */
	u64 (*busy_ns)(struct source *source);
	/* Waits for packets that are being counted in the idle epoch; NULL: there are none. */
	void (*quiesce)(void);
	/* Frees all but the struct itself. */
	void (*close)(struct source *source);
	struct loaded *loaded; /* the kernel's programs; NULL where packets are counted in user space */
	struct group *groups[PROGRAMS];
	u32 group_count;
	struct filter_state *filters;  /* the users'; NULL: none was ever set */
	struct frame_batches *batches; /* packets kept for plugins; NULL: none are */
	/* Has packets captured as far as filters look; NULL: they are whole. */
	void (*reach)(struct source *source, u32 bytes);
	u32 shed;   /* what a thread of ours does without: enum shed */
	int busy;   /* a cut is under way in the thread pool */
	int closed; /* freed when the cut ends */
};

/* No packet is counted between these two. */
static inline void hold_packets(struct source *source)
{
	if (source->lock)
		source->lock(source);
}

static inline void let_packets(struct source *source)
{
	if (source->unlock)
		source->unlock(source);
}

/* Wraps a source, allocated by malloc, into a JavaScript handle; an unclosed one is closed with its last reference. */
napi_value make_source(napi_env env, struct source *source);
/* Whether (tables, bits, seed) are numbers that a source can count with; throws when they are not. */
int can_count(napi_env env, napi_value tables, napi_value bits, napi_value seed);
/* The source behind a handle; NULL when it was closed. */
struct source *find_source(napi_env env, napi_value value);
/* The source behind a handle; throws and returns NULL when it was closed. */
struct source *get_source(napi_env env, napi_value value);
/* Frees a source and all that was opened at it; for one that was closed while it was busy. */
void free_source(struct source *source);

#endif
