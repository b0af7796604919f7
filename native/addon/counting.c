/* SPDX-License-Identifier: Apache-2.0 */
#include "counting.h"

#include <stdlib.h>
#include <string.h>

const char *counting_refusal(u32 tables, u32 bits)
{
	if (tables < 1 || tables > TABLES_MAX)
		return "tables: 1 to 8192";
	return bits < HYPERLOGLOG_BITS_MIN || bits > HYPERLOGLOG_BITS_MAX ? "bits: 8 to 14" : NULL;
}

int counting_init(struct counting *counting, u32 tables, u32 bits, u64 seed)
{
	counting->layout = (struct layout){.seed = seed, .hyperloglog_bits = bits};
	counting->tables = tables;
	counting->stride = table_bytes(&counting->layout);
	counting->memory = aligned_alloc(128, (size_t)tables * counting->stride);
	if (!counting->memory)
		return -1;
	memset(counting->memory, 0, (size_t)tables * counting->stride);
	return 0;
}

void counting_free(struct counting *counting)
{
	free(counting->memory);
	counting->memory = NULL;
}

void counting_sums(const struct counting *counting, u64 *slots)
{
	memset(slots, 0, SLOTS * sizeof(*slots));
	for (u32 i = 0; i < counting->tables; i++) {
		const struct table *table = counting_table(counting, i);

		for (u32 slot = 0; slot < SLOTS; slot++)
			slots[slot] += __atomic_load_n(&table->slots[slot], __ATOMIC_RELAXED);
	}
}

u64 counting_last_ns(const struct counting *counting)
{
	u64 last = 0;

	for (u32 i = 0; i < counting->tables; i++) {
		u64 own = __atomic_load_n(&counting_table(counting, i)->last_ns, __ATOMIC_RELAXED);

		if (own > last)
			last = own;
	}
	return last;
}

u32 counting_flip(struct counting *counting)
{
	u32 idle = counting_table(counting, 0)->epoch & 1;

	for (u32 i = 0; i < counting->tables; i++)
		__atomic_store_n(&counting_table(counting, i)->epoch, !idle, __ATOMIC_RELEASE);
	return idle;
}

static u8 *epoch_of(const struct counting *counting, u32 table, u32 epoch)
{
	return counting_table(counting, table)->sketches + (epoch ? epoch_bytes(&counting->layout) : 0);
}

/* Most words are zero and cost a look. */
void merge_registers(u8 *into, const u8 *from, u32 bytes)
{
	for (u32 at = 0; at < bytes; at += 8) {
		u64 word;

		memcpy(&word, from + at, 8);
		for (u32 i = at; word && i < at + 8; i++)
			into[i] = from[i] > into[i] ? from[i] : into[i];
	}
}

void merge_sketches(u8 *into, const u8 *from, u32 bits)
{
	u32 registers = (u32)HYPERLOGLOGS << bits;

	merge_registers(into, from, registers);
	for (u32 i = registers; i < registers + PORT_MAPS * PORT_MAP_BYTES; i++)
		into[i] |= from[i];
}

void counting_merge(const struct counting *counting, u32 epoch, u8 *merged)
{
	memcpy(merged, epoch_of(counting, 0, epoch), epoch_bytes(&counting->layout));
	for (u32 table = 1; table < counting->tables; table++)
		merge_sketches(merged, epoch_of(counting, table, epoch), counting->layout.hyperloglog_bits);
}

void estimate_sketches(const u8 *sketches, u32 bits, double *distinct)
{
	for (u32 i = 0; i < HYPERLOGLOGS; i++)
		distinct[i] = estimate_hyperloglog(sketches + ((size_t)i << bits), bits);
	for (u32 i = 0; i < PORT_MAPS; i++)
		distinct[HYPERLOGLOGS + i] =
			estimate_port_map(sketches + ((size_t)HYPERLOGLOGS << bits) + (size_t)i * PORT_MAP_BYTES);
}

void counting_collect(struct counting *counting, u32 epoch, u8 *merged, double *distinct)
{
	counting_merge(counting, epoch, merged);
	for (u32 table = 0; table < counting->tables; table++)
		memset(epoch_of(counting, table, epoch), 0, epoch_bytes(&counting->layout));
	estimate_sketches(merged, counting->layout.hyperloglog_bits, distinct);
}
