/* SPDX-License-Identifier: Apache-2.0 */
#include "pins.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf_calls.h"

static int call_with_path(int command, const char *folder, const char *name, int object)
{
	char path[PATH_MAX];
	union bpf_attr attr = {.pathname = (u64)(unsigned long)path, .bpf_fd = (u32)object};

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return bpf(command, &attr);
}

int pin_object(const char *folder, const char *name, int object, struct failure *failure)
{
	return call_with_path(BPF_OBJ_PIN, folder, name, object) ? fail(failure, "BPF_OBJ_PIN", errno) : 0;
}

int pinned(const char *folder, const char *name)
{
	return call_with_path(BPF_OBJ_GET, folder, name, 0);
}

static int has_shape(int map, u32 value_bytes, u32 entries)
{
	struct bpf_map_info info = {0};
	union bpf_attr attr = {0};

	attr.info.bpf_fd = (u32)map;
	attr.info.info_len = sizeof(info);
	attr.info.info = (u64)(unsigned long)&info;
	return !bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) && info.type == BPF_MAP_TYPE_ARRAY &&
	       info.value_size == value_bytes && info.max_entries == entries && info.map_flags & BPF_F_MMAPABLE;
}

int pinned_array(const char *folder, const char *name, const char *map_name, u32 value_bytes, u32 entries,
		 struct failure *failure)
{
	int map = folder ? pinned(folder, name) : -1;

	if (map >= 0) {
		if (has_shape(map, value_bytes, entries))
			return map;
		close(map);
		return fail(failure, "BPF_OBJ_GET", EINVAL);
	}
	if (folder && errno != ENOENT)
		return fail(failure, "BPF_OBJ_GET", errno);
	map = bpf_create_array(BPF_MAP_TYPE_ARRAY, map_name, value_bytes, entries, BPF_F_MMAPABLE);
	if (map < 0)
		return fail(failure, "BPF_MAP_CREATE", errno);
	if (folder && pin_object(folder, name, map, failure)) {
		close(map);
		return -1;
	}
	return map;
}

int notes_open(struct notes *notes, const char *folder, u32 bytes, struct failure *failure)
{
	*notes = NO_NOTES;
	if (!folder)
		return 0;
	notes->bytes = whole_pages(bytes, (size_t)sysconf(_SC_PAGESIZE));
	notes->map = pinned_array(folder, "notes", "pktspot_notes", bytes, 1, failure);
	if (notes->map < 0)
		return -1;
	notes->memory = bpf_map_memory(notes->map, notes->bytes);
	if (notes->memory)
		return 0;
	fail(failure, "mmap", errno);
	notes_close(notes);
	return -1;
}

void notes_close(struct notes *notes)
{
	if (notes->memory)
		munmap(notes->memory, notes->bytes);
	if (notes->map >= 0)
		close(notes->map);
	*notes = NO_NOTES;
}
