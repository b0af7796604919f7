/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs need of the kernel's interface (linux/bpf.h), and how the object names its maps. */
#ifndef PKTSPOT_BPF_H
#define PKTSPOT_BPF_H

#include <linux/bpf.h>

#include "../core/types.h"

#define TCX_NEXT -1 /* Linux 6.6; build machines have older headers */

#define SECTION(name) __attribute__((section(name), used))

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)BPF_FUNC_map_lookup_elem;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)BPF_FUNC_get_smp_processor_id;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)BPF_FUNC_ktime_get_ns;
static u64 (*const bpf_ktime_get_coarse_ns)(void) = (void *)BPF_FUNC_ktime_get_coarse_ns;
static u64 (*const bpf_jiffies64)(void) = (void *)BPF_FUNC_jiffies64;
static long (*const bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)BPF_FUNC_probe_read_kernel;
static u64 (*const bpf_xdp_get_buff_len)(struct xdp_md *ctx) = (void *)BPF_FUNC_xdp_get_buff_len;
static long (*const bpf_skb_load_bytes_relative)(const void *skb, u32 offset, void *to, u32 len,
						 u32 start_header) = (void *)BPF_FUNC_skb_load_bytes_relative;
static long (*const bpf_skb_pull_data)(struct __sk_buff *skb, u32 len) = (void *)BPF_FUNC_skb_pull_data;

#endif
