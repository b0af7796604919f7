/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOG_BYTES (1u << 20)
#define LOAD_TRIES 10
#define ATTACH_XDP 37

int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

int bpf_create_array(u32 type, const char *name, u32 value_bytes, u32 entries, u32 flags)
{
	union bpf_attr attr = {
		.map_type = type,
		.key_size = 4,
		.value_size = value_bytes,
		.max_entries = entries,
		.map_flags = flags,
	};

	strncpy(attr.map_name, name, sizeof(attr.map_name) - 1);
	return bpf(BPF_MAP_CREATE, &attr);
}

int bpf_create_constants(const char *name, const void *value, u32 bytes)
{
	int map = bpf_create_array(BPF_MAP_TYPE_ARRAY, name, bytes, 1, BPF_F_RDONLY_PROG);
	u32 key = 0;
	union bpf_attr attr = {.map_fd = (u32)map, .key = (u64)(unsigned long)&key, .value = (u64)(unsigned long)value};
	union bpf_attr freeze = {.map_fd = (u32)map};

	if (map < 0)
		return -1;
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr) || bpf(BPF_MAP_FREEZE, &freeze)) {
		int error = errno;

		close(map);
		errno = error;
		return -1;
	}
	return map;
}

void *bpf_map_memory(int map, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The verifier gives up with EAGAIN when a signal comes, such as that of a child that ended. */
static int load_patiently(union bpf_attr *attr)
{
	int fd = bpf(BPF_PROG_LOAD, attr);

	for (u32 tries = 0; fd < 0 && errno == EAGAIN && tries < LOAD_TRIES; tries++)
		fd = bpf(BPF_PROG_LOAD, attr);
	return fd;
}

int bpf_load(u32 type, const struct bpf_insn *instructions, u32 count, u32 flags, struct failure *failure)
{
	union bpf_attr attr = {
		.prog_type = type,
		.insns = (u64)(unsigned long)instructions,
		.insn_cnt = count,
		.license = (u64)(unsigned long)"Dual BSD/GPL",
		.prog_flags = flags,
		.prog_name = "pktspot",
		/* as libbpf's programs have it: those that call each other must agree */
		.expected_attach_type = type == BPF_PROG_TYPE_XDP ? ATTACH_XDP : 0,
	};
	int fd = load_patiently(&attr);

	if (fd < 0) {
		int error = errno;

		/* the verifier's words cost five times the load: ask only for a failure's */
		if ((error == EACCES || error == EINVAL) && (failure->log = calloc(1, LOG_BYTES))) {
			attr.log_level = 1;
			attr.log_size = LOG_BYTES;
			attr.log_buf = (u64)(unsigned long)failure->log;
			fd = bpf(BPF_PROG_LOAD, &attr);
		}
		if (fd < 0)
			fail(failure, "BPF_PROG_LOAD", error);
	}
	return fd;
}

int bpf_set_slot(int programs, u32 slot, int program)
{
	union bpf_attr attr = {
		.map_fd = (u32)programs, .key = (u64)(unsigned long)&slot, .value = (u64)(unsigned long)&program};

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

int bpf_clear_slot(int programs, u32 slot)
{
	union bpf_attr attr = {.map_fd = (u32)programs, .key = (u64)(unsigned long)&slot};

	return bpf(BPF_MAP_DELETE_ELEM, &attr);
}
