/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets share: taking an input apart, copies that end where they should, and what must hold. */
#ifndef PKTSPOT_FUZZ_INPUT_H
#define PKTSPOT_FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../native/core/types.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);

/* A broken promise ends the run as a crash does. */
#define must(condition)                                                                                \
	do {                                                                                           \
		if (!(condition)) {                                                                    \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                       \
		}                                                                                      \
	} while (0)

struct input {
	const u8 *at;
	const u8 *end;
};

/* Takes a number of `bytes` bytes, zeros behind the end. */
static inline u64 take(struct input *input, u32 bytes)
{
	u64 number = 0;

	for (u32 i = 0; i < bytes; i++)
		number |= (input->at < input->end ? (u64)*input->at++ : 0) << (8 * i);
	return number;
}

static inline u32 left(const struct input *input)
{
	return (u32)(input->end - input->at);
}

/* A copy of just these bytes: one read more is seen. */
static inline u8 *copied(const u8 *from, size_t bytes)
{
	u8 *copy = malloc(bytes);

	must(copy || !bytes);
	if (bytes)
		memcpy(copy, from, bytes);
	return copy;
}

#endif
