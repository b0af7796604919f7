/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the kernel's description of its types (Documentation/bpf/btf.rst): enums and places of members. */
#ifndef PKTSPOT_BTF_H
#define PKTSPOT_BTF_H

#include <stddef.h>

#include "../core/types.h"

/* A file that was found to be whole as far as it is read; nothing of it is trusted. */
struct btf {
	const u8 *types;
	u32 types_bytes;
	const char *strings; /* ends in a zero */
	u32 strings_bytes;
	u32 *offsets; /* of each type within the types; the first is number 1 */
	u32 count;
};

/* Lists the types of a file; returns 0, or -1 when it is none or cannot be held. The bytes must outlive it. */
int btf_open(struct btf *btf, const u8 *bytes, size_t length);
void btf_close(struct btf *btf);
/* Number of the enum of this name that has values; 0: there is none. */
u32 btf_enum(const struct btf *btf, const char *name);
/* The i-th value of an enum; its name, or NULL beyond the last. */
const char *btf_enum_value(const struct btf *btf, u32 type, u32 i, u32 *value);
/*
 * Byte that a member begins at in a struct of this name, members of unnamed parts and a path such as `ns.inum`
 * included; -1: there is none.
 */
long btf_member(const struct btf *btf, const char *structure, const char *path);

#endif
