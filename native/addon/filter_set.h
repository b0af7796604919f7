/* SPDX-License-Identifier: Apache-2.0 */
/* A source's filters: the users' programs and what their matches add up, in the kernel or here. */
#ifndef PKTSPOT_FILTER_SET_H
#define PKTSPOT_FILTER_SET_H

#include "../core/layers.h"
#include "filter_classic.h"

#define FILTERS_MAX MATCHES
#define FILTER_CELLS 64
#define FILTER_UNIQUES 8
#define FILTER_UNIQUE_BITS_MAX 12 /* 64 KiB a CPU: 8 counters, 2 epochs; standard error 1.6 % */

/* What a match adds to a cell. */
enum filter_add {
	FILTER_ADD_NOTHING, /* the bit alone, for groups */
	FILTER_ADD_FRAMES,
	FILTER_ADD_BYTES,   /* of the frame */
	FILTER_ADD_PAYLOAD, /* bytes behind the TCP or UDP header, as far as the IP length says */
	FILTER_ADD_UNIQUE,  /* a field into a sketch: cell is the sketch's number, from 0 */
};

struct filter {
	const struct sock_filter *instructions;
	u32 count;
	u32 layers; /* HAS_...: all of them, or the filter is not tried */
	u32 add;
	u32 field; /* of FILTER_ADD_UNIQUE: FIELD_... */
	u32 cell;
	u32 fresh; /* the cell begins at nothing */
};

/* One CPU's (or thread's) sums, never reset, and sketches in two epochs. */
struct filter_values {
	u64 epoch; /* 0 or 1 */
	u64 cells[FILTER_CELLS];
	u64 base[FILTER_CELLS]; /* what all CPUs' cells held together when their owners began; the first one's are used
				 */
	u64 reserved[7];
	u8 registers[]; /* epoch 0, epoch 1; in each FILTER_UNIQUES times 2^bits */
};

static __always_inline u32 filter_values_bytes(u32 bits)
{
	return (u32)sizeof(struct filter_values) + (2u * FILTER_UNIQUES << bits);
}

struct filter_state;

/*
 * Tries the filters for a link type (LINKTYPE_...) on one packet that was counted: fills packet->matches and adds to
 * the cells. Called where packet-socket, capture files and frames count, between count_sums() and the groups, when
 * source->filters is not NULL.
 */
void filters_match(struct filter_state *state, u32 link, struct packet *packet, const struct filter_frame *frame);
/* Frees what setFilters() made; NULL is nothing. For a source that is closed. */
void filters_free(struct filter_state *state);

#endif
