/* SPDX-License-Identifier: Apache-2.0 */
/* Loading and attaching without libbpf: bpf(2) calls alone. */
#ifndef PKTSPOT_LOADER_H
#define PKTSPOT_LOADER_H

#include <stddef.h>

#include "../core/table.h"
#include "failure.h"
#include "pins.h"

struct bpf_insn;
struct group_spec;

enum hook { HOOK_XDP_NATIVE, HOOK_XDP_GENERIC, HOOK_TCX, HOOK_TCX_EGRESS };

static inline int is_tcx(enum hook hook)
{
	return hook == HOOK_TCX || hook == HOOK_TCX_EGRESS;
}

/* What packets are not tried on or counted into, each with those before it. */
enum shed { SHED_NOTHING, SHED_FILTERS, SHED_GROUPS, SHED_ALL };

/* Slots of the chain: the filters' program, then the groups'. */
#define PROGRAMS 17

/* Bytes of the notes beside a source's tables. */
#define SOURCE_NOTES (512u << 10)

struct loaded {
	enum hook hook;
	int tables;   /* map of tables; -1 when not open, like all of these */
	int programs; /* array of the programs that follow by tail calls; emptied when its last descriptor is closed */
	int program;
	int link;
	u8 *memory; /* the tables, mapped; NULL when not open */
	size_t bytes;
	u32 cpus;
	u32 stride;  /* bytes from table to table */
	u32 flags;   /* that all programs of the chain are loaded with */
	u64 present; /* slots of the chain that hold a program */
	u32 shed;    /* what the tables do without: enum shed */
	int ends;    /* the array is closed next: no slot of it needs to be emptied */
	char *pins;  /* folder of the names that all this outlives the process by; NULL: it does not */
	struct notes notes;
};

/* A group's maps and program. */
struct loaded_group {
	int cells;
	int keys;
	int program;
	u8 *cells_memory;
	u8 *keys_memory;
	size_t cells_bytes;
	size_t keys_bytes;
	struct notes notes;
};

/*
 * Creates the maps, loads the hook's program and maps the tables; on failure everything is closed again. Where a link
 * is pinned in the folder `pins`, the maps beside it are opened instead, which must be of the same layout.
 */
int bpf_open(struct loaded *loaded, enum hook hook, const struct layout *layout, u32 cpus, const char *pins,
	     struct failure *failure);
/*
 * Attaches by bpf_link: other programs stay, and the link dies with its descriptor unless it is pinned. A link that was
 * pinned already goes on with our program.
 */
int bpf_attach(struct loaded *loaded, enum hook hook, u32 ifindex, struct failure *failure);
void bpf_close(struct loaded *loaded);
/* Runs the program over one frame in the kernel (BPF_PROG_TEST_RUN); returns its verdict or -1. */
int bpf_test_run(const struct loaded *loaded, const u8 *frame, u32 bytes, u32 repeat, u32 *duration_ns,
		 struct failure *failure);
/* Creates a group's maps, or opens those pinned in the folder, and maps them; on failure everything is closed again. */
int bpf_open_group(struct loaded_group *group, const struct group_spec *spec, u32 cpus, const char *pins,
		   u32 notes_bytes, struct failure *failure);
/* Loads the group's program, after the keys are written, and has it run for every packet from now on. */
int bpf_start_group(struct loaded *loaded, struct loaded_group *group, const struct group_spec *spec,
		    struct failure *failure);
/* Has no program run in a slot from now on. */
void bpf_stop_group(struct loaded *loaded, u32 slot);
void bpf_close_group(struct loaded_group *group);
/* Tells the counting program which slots of the chain hold a program, less what is shed: a few stores, no call. */
void bpf_tell(const struct loaded *loaded);
/* Waits until no program runs that began before the call (membarrier(2) waits for an RCU grace period). */
void bpf_quiesce(void);

#endif
