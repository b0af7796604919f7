// SPDX-License-Identifier: Apache-2.0

/** Counts every frame in the only entry of an array and lets it pass. */
export const COUNTING_XDP = `
#include <linux/bpf.h>

struct {
	int (*type)[BPF_MAP_TYPE_ARRAY];
	unsigned int *key;
	unsigned long long *value;
	int (*max_entries)[1];
} frames __attribute__((section(".maps"), used));

static void *(*const lookup)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;

__attribute__((section("xdp"), used)) int count_frames(struct xdp_md *ctx)
{
	unsigned int key = 0;
	unsigned long long *count = lookup(&frames, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}

char program_license[] __attribute__((section("license"), used)) = "GPL";
`

/** Drops every frame at the traffic control's hook. */
export const CLASSIC_DROP = `
__attribute__((section("tc"), used)) int drop(void *ctx)
{
	return 2; /* TC_ACT_SHOT */
}

char program_license[] __attribute__((section("license"), used)) = "GPL";
`

/** A process that holds a tcx link whose program drops every frame; build machines' headers may not know tcx. */
export const TCX_DROP = `
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TCX_INGRESS 46

int main(int count, char **arguments)
{
	struct bpf_insn drop[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 2 /* TCX_DROP */},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insns = (unsigned long)drop,
		.insn_cnt = 2,
		.license = (unsigned long)"GPL",
		.prog_name = "foreign_drop",
	};
	union bpf_attr link = {0};

	link.link_create.prog_fd = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	link.link_create.target_ifindex = if_nametoindex(arguments[count - 1]);
	link.link_create.attach_type = TCX_INGRESS;
	if (syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof(link)) < 0) {
		perror("BPF_LINK_CREATE");
		return 1;
	}
	puts("attached");
	fflush(stdout);
	for (;;)
		pause();
}
`
