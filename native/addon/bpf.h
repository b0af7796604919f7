/* SPDX-License-Identifier: Apache-2.0 */
/* Loading and attaching without libbpf: bpf(2) calls alone. */
#ifndef PKTSPOT_LOADER_H
#define PKTSPOT_LOADER_H

#include <stddef.h>

#include "../core/table.h"
#include "failure.h"

enum hook { HOOK_XDP_NATIVE, HOOK_XDP_GENERIC, HOOK_TCX };

struct loaded {
	int tables; /* map of tables; -1 when not open, like all of these */
	int program;
	int link;
	u8 *memory; /* the map, mapped */
	size_t bytes;
};

/* Creates the maps, loads the hook's program and maps the tables; on failure everything is closed again. */
int bpf_open(struct loaded *loaded, enum hook hook, const struct layout *layout, u32 cpus, struct failure *failure);
/* Attaches by bpf_link: other programs stay, and the link dies with its descriptor. */
int bpf_attach(struct loaded *loaded, enum hook hook, u32 ifindex, struct failure *failure);
void bpf_close(struct loaded *loaded);
/* Runs the program over one frame in the kernel (BPF_PROG_TEST_RUN); returns its verdict or -1. */
int bpf_test_run(const struct loaded *loaded, const u8 *frame, u32 bytes, u32 repeat, u32 *duration_ns,
		 struct failure *failure);
/* Waits until no program runs that began before the call (membarrier(2) waits for an RCU grace period). */
void bpf_quiesce(void);

#endif
