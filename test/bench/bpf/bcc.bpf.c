/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The design of the packet counters that are written with BCC, re-created: arrays of totals and protocols that all
 * CPUs share, hashes of 10,240 entries (BCC's default) for sources and ports, atomic additions.
 */
#include "harness.h"

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>

#define HASH_ENTRIES 10240

static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 u64 flags) = (void *)BPF_FUNC_map_update_elem;

struct traffic {
	u64 packets;
	u64 bytes;
};

struct service {
	u16 port;
	u16 protocol;
};

#define TRAFFIC_MAP(name, kind, entries, key_type) \
	struct {                                   \
		SETTING(type, kind);               \
		SETTING(max_entries, entries);     \
		TYPE(key, key_type);               \
		TYPE(value, struct traffic);       \
	} name SECTION(".maps")

TRAFFIC_MAP(totals, BPF_MAP_TYPE_ARRAY, 1, u32);
TRAFFIC_MAP(protocols, BPF_MAP_TYPE_ARRAY, 256, u32);
TRAFFIC_MAP(sources, BPF_MAP_TYPE_HASH, HASH_ENTRIES, u32);
TRAFFIC_MAP(services, BPF_MAP_TYPE_HASH, HASH_ENTRIES, struct service);

static __always_inline void add(void *map, const void *key, u64 bytes)
{
	struct traffic *traffic = bpf_map_lookup_elem(map, key);
	struct traffic first = {1, bytes};

	if (!traffic) {
		bpf_map_update_elem(map, key, &first, BPF_NOEXIST); /* fails when the map is full */
		return;
	}
	__sync_fetch_and_add(&traffic->packets, 1);
	__sync_fetch_and_add(&traffic->bytes, bytes);
}

static __always_inline void count(struct xdp_md *ctx)
{
	u8 *data = (u8 *)(long)ctx->data;
	u8 *end = (u8 *)(long)ctx->data_end;
	struct ethhdr *eth = (struct ethhdr *)data;
	struct iphdr *ip = (struct iphdr *)(eth + 1);
	struct service service = {0};
	u8 *transport;
	u32 key = 0;

	add(&totals, &key, (u64)(end - data));
	if ((u8 *)(ip + 1) > end || eth->h_proto != __builtin_bswap16(ETH_P_IP))
		return;
	key = ip->protocol;
	add(&protocols, &key, (u64)(end - data));
	key = ip->saddr;
	add(&sources, &key, (u64)(end - data));
	transport = (u8 *)ip + ip->ihl * 4;
	if (transport + 4 > end || (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP))
		return;
	service.port = __builtin_bswap16(*(u16 *)(transport + 2));
	service.protocol = ip->protocol;
	add(&services, &service, (u64)(end - data));
}

SECTION("xdp")
int bench(struct xdp_md *ctx)
{
	if (next_frame(ctx))
		return XDP_ABORTED;
	count(ctx);
	return XDP_PASS;
}

char program_license[] SECTION("license") = "Dual BSD/GPL";
