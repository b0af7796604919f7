/* SPDX-License-Identifier: Apache-2.0 */
#include "counting.h"

#include <math.h>
#include <string.h>

/* Ertl 2017, algorithm 6: sigma(x) = x + sum over k >= 1 of x^(2^k) 2^(k-1). */
static double sigma(double x)
{
	double y = 1, z = x, before;

	if (x == 1)
		return INFINITY;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z != before);
	return z;
}

/* Ertl 2017, algorithm 6: tau(x) = (1 - x - sum over k >= 1 of (1 - x^(2^-k))^2 2^-k) / 3. */
static double tau(double x)
{
	double y = 1, z = 1 - x, before;

	if (x == 0 || x == 1)
		return 0;
	do {
		x = __builtin_sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z != before);
	return z / 3;
}

double estimate_hyperloglog(const u8 *registers, u32 bits)
{
	u32 count = 1u << bits, ranks = 64 - bits;
	u32 with_rank[66] = {0};
	double m = count, z;

	for (u32 at = 0; at < count; at += 8) {
		u64 word;

		memcpy(&word, registers + at, 8);
		if (!word) {
			with_rank[0] += 8;
			continue;
		}
		for (u32 i = 0; i < 8; i++)
			with_rank[registers[at + i] > ranks + 1 ? ranks + 1 : registers[at + i]]++;
	}
	if (with_rank[0] == count)
		return 0;
	z = m * tau(1 - with_rank[ranks + 1] / m);
	for (u32 rank = ranks; rank >= 1; rank--)
		z = 0.5 * (z + with_rank[rank]);
	z += m * sigma(with_rank[0] / m);
	return m * m / (2 * 0.693147180559945309417232 * z);
}

double estimate_port_map(const u8 *map)
{
	u32 ports = 0;

	for (u32 at = 0; at < PORT_MAP_BYTES; at += 8) {
		u64 word;

		memcpy(&word, map + at, 8);
		ports += (u32)__builtin_popcountll(word);
	}
	return ports;
}
