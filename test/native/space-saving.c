/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds a table the updates of standard input (each the key's words, then the increments) and prints as JSON what it
 * made of them; all is forgotten once after so many updates, 0 for never.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../native/addon/space_saving.h"

#define CHUNK 65536

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A poor hash: the table has to spread it. */
static u64 sum(const u64 *key, u32 words)
{
	u64 hash = 0;

	for (u32 word = 0; word < words; word++)
		hash = hash * 31 + key[word];
	return hash;
}

static void print_list(const char *name, const u64 *values, u32 count)
{
	printf("\"%s\":[", name);
	for (u32 at = 0; at < count; at++)
		printf("%s%llu", at ? "," : "", values[at]);
	printf("],");
}

static void print_fill(const char *name, const struct space_saving *table)
{
	u32 tracked, room;
	u64 evictions, error;
	size_t bytes;

	space_saving_fill(table, &tracked, &room, &evictions, &error, &bytes);
	printf("\"%s\":{\"tracked\":%u,\"room\":%u,\"evictions\":%llu,\"error\":%llu,\"bytes\":%zu}", name, tracked,
	       room, evictions, error, bytes);
}

static void print_top(const struct space_saving *table, u32 words, u32 adds, u32 count, u32 by)
{
	u64 *keys = malloc(sizeof(u64) * count * words);
	u64 *cells = malloc(sizeof(u64) * count * adds);
	u64 *errors = malloc(sizeof(u64) * count);
	u32 found;

	if (!keys || !cells || !errors)
		abort();
	found = space_saving_top(table, count, by, keys, cells, errors);
	printf("\"top\":[");
	for (u32 place = 0; place < found; place++) {
		printf("%s{", place ? "," : "");
		print_list("key", keys + place * words, words);
		print_list("adds", cells + place * adds, adds);
		printf("\"error\":%llu}", errors[place]);
	}
	printf("],");
	free(keys);
	free(cells);
	free(errors);
}

int main(int argc, char **argv)
{
	static u64 updates[CHUNK];
	u32 option[7], stride;
	struct space_saving *table;
	double taken = 0;
	u64 fed = 0;

	if (argc != 8) {
		fprintf(stderr, "usage: space-saving WORDS ADDS RANK TRACKED COUNT BY FORGET_AFTER <UPDATES\n");
		return 2;
	}
	for (u32 at = 0; at < 7; at++)
		option[at] = (u32)strtoul(argv[1 + at], NULL, 10);
	stride = option[0] + option[1];
	table = space_saving_new(option[0], option[1], option[2], option[3], 1);
	if (!table)
		return 1;
	printf("{");
	print_fill("before", table);
	for (size_t read; (read = fread(updates, stride * sizeof(u64), CHUNK / stride, stdin)) > 0;) {
		double start = now();

		for (u64 *update = updates; update < updates + read * stride; update += stride) {
			space_saving_add(table, update, sum(update, option[0]), update + option[0]);
			if (++fed == option[6])
				space_saving_clear(table);
		}
		taken += now() - start;
	}
	printf(",\"seconds\":%f,", taken);
	print_top(table, option[0], option[1], option[4], option[5]);
	print_fill("after", table);
	printf("}\n");
	space_saving_free(table);
	return 0;
}
