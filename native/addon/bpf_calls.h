/* SPDX-License-Identifier: Apache-2.0 */
/* The bpf(2) calls that loading needs; -1 with errno on failure unless a struct failure says it. */
#ifndef PKTSPOT_BPF_CALLS_H
#define PKTSPOT_BPF_CALLS_H

#include <linux/bpf.h>
#include <stddef.h>

#include "../core/types.h"
#include "failure.h"

int bpf(int command, union bpf_attr *attr);
/* Creates an array of any kind with keys of four bytes. */
int bpf_create_array(u32 type, const char *name, u32 value_bytes, u32 entries, u32 flags);
/* Creates an array of one value and freezes it: the verifier treats its bytes as constants. */
int bpf_create_constants(const char *name, const void *value, u32 bytes);
/* Maps an array's values into memory; NULL on failure. Unmapped by munmap(2) with the same length. */
void *bpf_map_memory(int map, size_t bytes);
/* Loads a program; on failure the failure has the verifier's words. */
int bpf_load(u32 type, const struct bpf_insn *instructions, u32 count, u32 flags, struct failure *failure);
int bpf_set_slot(int programs, u32 slot, int program);
int bpf_clear_slot(int programs, u32 slot);

static inline size_t whole_pages(size_t bytes, size_t page)
{
	return (bytes + page - 1) & ~(page - 1);
}

#endif
