/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled programs, and making instructions of them that the kernel takes. */
#ifndef PKTSPOT_BPF_PROGRAMS_H
#define PKTSPOT_BPF_PROGRAMS_H

#include "../core/group_spec.h"
#include "bpf_calls.h"

/* What a program refers to. */
enum map { MAP_TABLES, MAP_PROGRAMS, MAP_LAYOUT, MAP_CELLS, MAP_KEYS, MAP_DROPS, MAP_WATCHED, MAP_CONSTANTS, MAPS };

struct program;

extern const struct program xdp_program, tcx_program, group_xdp_program, group_tcx_program, drops_program;

/*
 * A copy of the program's instructions with descriptors in the places of its maps and, for a group's, the spec's
 * members in the places of theirs; NULL without memory.
 */
struct bpf_insn *prepared(const struct program *program, const int maps[MAPS], const struct group_spec *spec,
			  u32 *count);
u32 program_type(const struct program *program);

#endif
