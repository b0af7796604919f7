/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that outlive the process: names of them in a BPF file system, and memory for notes beside them. */
#ifndef PKTSPOT_PINS_H
#define PKTSPOT_PINS_H

#include <stddef.h>

#include "../core/types.h"
#include "failure.h"

/* Memory for notes: what user space knows of the maps beside it. Without a pin there is none. */
struct notes {
	int map; /* -1: none */
	u8 *memory;
	size_t bytes;
};

#define NO_NOTES ((struct notes){.map = -1})

/* Gives an object a name in a folder; returns -1 on failure. */
int pin_object(const char *folder, const char *name, int object, struct failure *failure);
/* Opens an object by its name; returns -1 with errno set, ENOENT when there is none. */
int pinned(const char *folder, const char *name);
/*
 * Opens the array of that name, which must have this shape, or creates and names it; without a folder it only creates
 * it. Returns -1 on failure.
 */
int pinned_array(const char *folder, const char *name, const char *map_name, u32 value_bytes, u32 entries,
		 struct failure *failure);
/* The same for notes, mapped into memory. */
int notes_open(struct notes *notes, const char *folder, u32 bytes, struct failure *failure);
void notes_close(struct notes *notes);

#endif
