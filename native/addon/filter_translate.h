/* SPDX-License-Identifier: Apache-2.0 */
/* Many classic programs become one of the kernel's: it runs them all, adds up what matched, and goes on to the groups.
 */
#ifndef PKTSPOT_FILTER_TRANSLATE_H
#define PKTSPOT_FILTER_TRANSLATE_H

#include <linux/bpf.h>

#include "../core/table.h"
#include "filter_set.h"

/* How the program reaches the packet's bytes. */
enum filter_access {
	ACCESS_LINEAR,    /* XDP without fragments: all of the frame lies between data and data_end */
	ACCESS_FRAGMENTS, /* XDP with fragments: what lies behind data_end is asked of the kernel */
	ACCESS_TCX,
};

struct filter_target {
	enum filter_access access;
	u32 raw; /* no link header, so no VLAN tag beside the frame either */
	int tables;
	int values; /* array of struct filter_values; -1: nothing is added */
	int programs;
	u32 unique_bits;
	u64 seed;
};

/*
 * The program, from malloc, that fills table->matches, adds to the values and calls slots 1 to 16 of the programs in
 * turn; NULL and a reason when there is none. The filters have passed filter_refusal().
 */
struct bpf_insn *filters_translate(const struct filter *filters, u32 count, const struct filter_target *target,
				   u32 *length, const char **refusal);

#endif
