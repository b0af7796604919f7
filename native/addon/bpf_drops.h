/* SPDX-License-Identifier: Apache-2.0 */
/* The program that counts what the kernel drops, and its tables. */
#ifndef PKTSPOT_BPF_DROPS_H
#define PKTSPOT_BPF_DROPS_H

#include <stddef.h>

#include "../core/drops.h"
#include "failure.h"

struct loaded_drops {
	int program; /* -1 when not open, like the link */
	int link;
	u8 *tables; /* one struct drop_table a CPU; NULL when not open */
	size_t tables_bytes;
	u32 cpus;
	u32 stride; /* bytes from table to table */
	struct drop_watch *watch;
	size_t watch_bytes;
};

/*
 * Loads the program and attaches it to the tracepoint kfree_skb by a link that dies with its descriptor. All later
 * reading and watching is in memory. On failure everything is closed again.
 */
int bpf_open_drops(struct loaded_drops *drops, const struct drop_constants *constants, u32 cpus,
		   struct failure *failure);
void bpf_close_drops(struct loaded_drops *drops);

#endif
