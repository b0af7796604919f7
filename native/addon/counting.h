/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of one source, wherever their memory lives, and reading them. */
#ifndef PKTSPOT_COUNTING_H
#define PKTSPOT_COUNTING_H

#include <stddef.h>

#include "../core/table.h"

#define DISTINCTS (HYPERLOGLOGS + PORT_MAPS)
#define TABLES_MAX 8192

enum clocks {
#include "../core/only.h"
#undef CLOCK
#define CLOCK(name, layer, help, value) CLOCK_##name,
#include "../gen/all.h"
	CLOCKS
};
#include "../core/only.h"

struct counting {
	struct layout layout;
	u32 tables; /* one a possible CPU, or one a thread */
	u32 stride; /* bytes from table to table */
	u8 *memory;
	u8 *merged; /* one epoch, scratch of counting_collect */
};

/* What is wrong with so many tables of this precision; NULL: nothing. */
const char *counting_refusal(u32 tables, u32 bits);
int counting_init(struct counting *counting, u32 tables, u32 bits, u64 seed);
void counting_free(struct counting *counting);

static inline struct table *counting_table(const struct counting *counting, u32 index)
{
	return (struct table *)(counting->memory + (size_t)index * counting->stride);
}

/* Adds the slots of all tables. */
void counting_sums(const struct counting *counting, u64 *slots);
/* Time of the last packet in any table; 0 before the first. */
u64 counting_last_ns(const struct counting *counting);
/* Lets packets fill the other epoch; returns the idle one, for counting_collect. */
u32 counting_flip(struct counting *counting);
/* Merges the idle epoch's sketches into `merged` (epoch_bytes() long), clears them and estimates. */
void counting_collect(struct counting *counting, u32 epoch, u8 *merged, double *distinct);
/* Copies the merged registers and maps of the epoch without clearing them: epoch_bytes() long. */
void counting_merge(const struct counting *counting, u32 epoch, u8 *merged);

/* Adds HyperLogLog registers to others, the larger of each; a multiple of 8. */
void merge_registers(u8 *into, const u8 *from, u32 bytes);
/* Adds the sketches of one epoch to those of another: registers, and the union of port maps. */
void merge_sketches(u8 *into, const u8 *from, u32 bits);
/* Estimates an epoch's sketches: HyperLogLogs first, then ports. */
void estimate_sketches(const u8 *sketches, u32 bits, double *distinct);
/* Ertl's improved estimator ("New cardinality estimation algorithms for HyperLogLog sketches", 2017). */
double estimate_hyperloglog(const u8 *registers, u32 bits);
double estimate_port_map(const u8 *map);

#endif
