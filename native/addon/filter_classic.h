/* SPDX-License-Identifier: Apache-2.0 */
/* Classic BPF (McCanne and Jacobson, 1993) as libpcap runs it: the users' filters over one frame. */
#ifndef PKTSPOT_FILTER_CLASSIC_H
#define PKTSPOT_FILTER_CLASSIC_H

#include <linux/filter.h>

#include "../core/types.h"

#define FILTER_INSTRUCTIONS_MAX 512
#define FILTER_MEMORY_WORDS 16

/* Why a program cannot be run, for people; NULL when it can. Everything below takes only programs that can. */
const char *filter_refusal(const struct sock_filter *program, u32 count);

/* Bytes from the frame's start that the program may look at; FILTER_REACHES_ALL when that is known to no one. */
#define FILTER_REACHES_ALL 262144u
u32 filter_reach(const struct sock_filter *program, u32 count);

/* A frame as it was on the wire: a VLAN tag that the kernel holds beside it is put back. */
struct filter_frame {
	const u8 *data;
	u32 captured; /* bytes at data */
	u32 wire;     /* length, with the hidden tag */
	u32 hidden;   /* the frame has a tag that is not in data */
	u32 tag;      /* TPID in the upper half, TCI in the lower */
};

/* Whether the program accepts the frame. */
int filter_run(const struct sock_filter *program, const struct filter_frame *frame);

#endif
