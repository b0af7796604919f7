/* SPDX-License-Identifier: Apache-2.0 */
/* The source that needs CAP_NET_RAW alone: a TPACKET_V3 ring read by a thread
 * (Documentation/networking/packet_mmap.rst). */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../core/count.h"
#include "filter_set.h"
#include "link_layer.h"
#include "source.h"
#include "uv.h"

#define BLOCK_BYTES (1u << 18)
#define FRAME_BYTES 2048u
#define RETIRE_MILLISECONDS 10
#define CAPTURED_BYTES 256 /* headers: what the parser reads at most of a usual packet */

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

struct packet_source {
	struct source source;
	int socket;
	int wake; /* eventfd: tells the thread to end */
	u8 *ring;
	u32 blocks;
	u32 next;
	u64 lost;
	u64 busy_ns; /* of the thread */
	uv_thread_t thread;
	uv_mutex_t mutex; /* held while a block is counted */
	int transmit;     /* what leaves is counted, instead of what arrives */
	int started;
};

static void lock(struct source *source)
{
	uv_mutex_lock(&((struct packet_source *)source)->mutex);
}

static void unlock(struct source *source)
{
	uv_mutex_unlock(&((struct packet_source *)source)->mutex);
}

/* The kernel's figure falls to zero with each look; the caller holds the lock. */
static u64 lost(struct source *source)
{
	struct packet_source *own = (struct packet_source *)source;
	struct tpacket_stats_v3 stats = {0};
	socklen_t bytes = sizeof(stats);

	if (!getsockopt(own->socket, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes))
		own->lost += stats.tp_drops;
	return own->lost;
}

static u64 busy_ns(struct source *source)
{
	return __atomic_load_n(&((struct packet_source *)source)->busy_ns, __ATOMIC_RELAXED);
}

/* Only the thread itself can read its clock in a way that all C libraries have. */
static void note_busy(struct packet_source *own)
{
	struct timespec now;

	if (!clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now))
		__atomic_store_n(&own->busy_ns, (u64)now.tv_sec * 1000000000ULL + (u64)now.tv_nsec, __ATOMIC_RELAXED);
}

/* The filters see the frame as it was on the wire: with the tag that the kernel took out. */
static void try_filters(struct packet_source *own, const struct tpacket3_hdr *header, struct packet *packet)
{
	u32 type = header->tp_status & TP_STATUS_VLAN_TPID_VALID ? header->hv1.tp_vlan_tpid : ETH_P_8021Q;
	struct filter_frame frame = {
		.data = (const u8 *)header + header->tp_mac,
		.captured = header->tp_snaplen,
		.wire = header->tp_len,
		.hidden = (header->tp_status & TP_STATUS_VLAN_VALID) != 0,
		.tag = type << 16 | header->hv1.tp_vlan_tci,
	};

	if (own->source.counting.layout.raw)
		frame.hidden = 0;
	if (frame.hidden)
		frame.wire += 4;
	filters_match(own->source.filters, own->source.counting.layout.raw ? LINK_RAW : LINK_ETHERNET, packet, &frame);
}

static void count(struct packet_source *own, const struct tpacket3_hdr *header)
{
	struct counting *counting = &own->source.counting;
	struct table *table = counting_table(counting, 0);
	const u8 *frame = (const u8 *)header + header->tp_mac;
	const struct virtio_net_hdr *offload = (const struct virtio_net_hdr *)frame - 1;
	struct segmentation segmentation = {.segment_bytes = offload->gso_type ? offload->gso_size : 0};
	struct packet *packet = packet_of(table);

	table->runs++;
	if (own->source.shed >= SHED_ALL)
		return;
	if (counting->layout.raw)
		parse_raw(packet, frame, frame + header->tp_snaplen, header->tp_snaplen, counting->layout.seed);
	else
		parse_ethernet(packet, frame, frame + header->tp_snaplen, header->tp_snaplen,
			       header->tp_status & TP_STATUS_VLAN_VALID ? VLAN_KNOWN | (header->hv1.tp_vlan_tci & 0xfff)
									: 0,
			       counting->layout.seed);
	add_unseen(packet, header->tp_len - header->tp_snaplen);
	if (segmentation.segment_bytes)
		count_segmented(table, packet, &segmentation);
	else
		count_sums(table, packet, 1);
	count_distinct(table, &counting->layout, packet);
	if (own->source.filters && own->source.shed < SHED_FILTERS)
		try_filters(own, header, packet);
	if (own->source.group_count && own->source.shed < SHED_GROUPS)
		count_into_groups(&own->source, 0, packet);
	table->last_ns = header->tp_sec * 1000000000ULL + header->tp_nsec;
	if (own->source.batches)
		keep_frame(own->source.batches, packet, frame, header->tp_snaplen,
			   !counting->layout.raw && header->tp_status & TP_STATUS_VLAN_VALID ? 4 : 0, table->last_ns);
}

/* Counts one block if the kernel has handed it over. */
static int count_block(struct packet_source *own)
{
	struct tpacket_block_desc *block = (struct tpacket_block_desc *)(own->ring + (size_t)own->next * BLOCK_BYTES);
	const struct tpacket3_hdr *header;

	if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return 0;
	header = (const struct tpacket3_hdr *)((u8 *)block + block->hdr.bh1.offset_to_first_pkt);
	uv_mutex_lock(&own->mutex);
	for (u32 i = 0; i < block->hdr.bh1.num_pkts; i++) {
		count(own, header);
		header = (const struct tpacket3_hdr *)((const u8 *)header + header->tp_next_offset);
	}
	uv_mutex_unlock(&own->mutex);
	__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	own->next = (own->next + 1) % own->blocks;
	note_busy(own);
	return 1;
}

static void run_thread(void *argument)
{
	struct packet_source *own = argument;
	struct pollfd polled[] = {{.fd = own->socket, .events = POLLIN | POLLERR}, {.fd = own->wake, .events = POLLIN}};

	while (!(polled[1].revents & POLLIN)) {
		if (count_block(own))
			continue;
		polled[0].revents = 0;
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return;
		if (polled[0].revents & POLLERR) { /* the interface went down: read the error off and go on */
			int error;
			socklen_t bytes = sizeof(error);

			getsockopt(own->socket, SOL_SOCKET, SO_ERROR, &error, &bytes);
		}
	}
}

static void close_packet(struct source *source)
{
	struct packet_source *own = (struct packet_source *)source;
	u64 one = 1;

	if (own->started && write(own->wake, &one, sizeof(one)) == sizeof(one))
		uv_thread_join(&own->thread);
	if (own->ring)
		munmap(own->ring, (size_t)own->blocks * BLOCK_BYTES);
	if (own->socket >= 0)
		close(own->socket);
	if (own->wake >= 0)
		close(own->wake);
	uv_mutex_destroy(&own->mutex);
	counting_free(&source->counting);
}

/* Has the kernel cut packets behind so many bytes, and drop those of the other direction. */
static int cut_packets(const struct packet_source *own, u32 bytes)
{
	struct sock_filter cut[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (u32)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, bytes),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	/* what leaves never comes to a socket that ignores it */
	struct sock_fprog filter = {.len = own->transmit ? 4 : 1, .filter = own->transmit ? cut : cut + 2};

	return setsockopt(own->socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

static void reach(struct source *source, u32 bytes)
{
	cut_packets((struct packet_source *)source, bytes > CAPTURED_BYTES ? bytes : CAPTURED_BYTES);
}

static int open_socket(struct packet_source *own, u32 ifindex, struct failure *failure)
{
	struct tpacket_req3 ring = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = own->blocks,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = own->blocks * (BLOCK_BYTES / FRAME_BYTES),
		.tp_retire_blk_tov = RETIRE_MILLISECONDS,
	};
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)ifindex};
	int version = TPACKET_V3, on = 1;

	own->socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* no protocol yet: nothing arrives before bind */
	if (own->socket < 0)
		return fail(failure, "socket", errno);
	if (setsockopt(own->socket, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)))
		return fail(failure, "PACKET_VERSION", errno);
	if (setsockopt(own->socket, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		return fail(failure, "PACKET_VNET_HDR", errno);
	if (!own->transmit && setsockopt(own->socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)))
		return fail(failure, "PACKET_IGNORE_OUTGOING", errno);
	if (cut_packets(own, CAPTURED_BYTES))
		return fail(failure, "SO_ATTACH_FILTER", errno);
	if (setsockopt(own->socket, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		return fail(failure, "PACKET_RX_RING", errno);
	own->ring = mmap(NULL, (size_t)own->blocks * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, own->socket, 0);
	if (own->ring == MAP_FAILED) {
		own->ring = NULL;
		return fail(failure, "mmap", errno);
	}
	if (bind(own->socket, (struct sockaddr *)&address, sizeof(address)))
		return fail(failure, "bind", errno);
	return 0;
}

static int start(struct packet_source *own, struct failure *failure)
{
	if (own->started)
		return 0;
	if (uv_thread_create(&own->thread, run_thread, own))
		return fail(failure, "uv_thread_create", EAGAIN);
	own->started = 1;
	return 0;
}

/* Whether the arguments of openPacketSocket are of their kinds; throws when they are not. */
static int can_open(napi_env env, const napi_value *arguments)
{
	const char *refusal = counting_refusal(1, get_u32(env, arguments[2]));

	get_u32(env, arguments[0]);
	get_u32(env, arguments[1]);
	get_u64(env, arguments[3]);
	for (u32 flag = 4; flag <= 6; flag++)
		get_bool(env, arguments[flag]);
	if (refusal)
		napi_throw_range_error(env, NULL, refusal);
	return !has_failed(env);
}

/*
 * openPacketSocket(ifindex, ringBytes, bits, seed, raw, held, transmit): held packets wait in the ring for
 * startPacketSocket
 */
static napi_value open_packet_socket(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct packet_source *own = calloc(1, sizeof(*own));
	struct failure failure = {0};

	get_arguments(env, info, arguments);
	if (!can_open(env, arguments))
		return free(own), NULL;
	if (!own) {
		fail(&failure, "calloc", ENOMEM);
		return throw_failure(env, &failure);
	}
	own->source.close = close_packet;
	own->source.lock = lock;
	own->source.unlock = unlock;
	own->source.lost = lost;
	own->source.busy_ns = busy_ns;
	own->source.reach = reach;
	own->socket = -1;
	own->transmit = get_bool(env, arguments[6]);
	own->blocks = get_u32(env, arguments[1]) / BLOCK_BYTES;
	own->blocks = own->blocks < 2 ? 2 : own->blocks;
	own->wake = eventfd(0, EFD_CLOEXEC);
	uv_mutex_init(&own->mutex);
	if (counting_init(&own->source.counting, 1, get_u32(env, arguments[2]), get_u64(env, arguments[3])))
		fail(&failure, "malloc", ENOMEM);
	else if (own->wake < 0)
		fail(&failure, "eventfd", errno);
	else if (!open_socket(own, get_u32(env, arguments[0]), &failure)) {
		own->source.counting.layout.raw = (u32)get_bool(env, arguments[4]);
		if (!get_bool(env, arguments[5]))
			start(own, &failure);
	}
	if (failure.step) {
		close_packet(&own->source);
		free(own);
		return throw_failure(env, &failure);
	}
	return make_source(env, &own->source);
}

/* startPacketSocket(source) */
static napi_value start_packet_socket(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct failure failure = {0};
	struct source *source;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (source && source->close != close_packet) {
		napi_throw_type_error(env, NULL, "not a packet socket");
		return NULL;
	}
	if (source && start((struct packet_source *)source, &failure))
		return throw_failure(env, &failure);
	return undefined(env);
}

void init_packet_socket(napi_env env, napi_value exports)
{
	set_function(env, exports, "openPacketSocket", open_packet_socket);
	set_function(env, exports, "startPacketSocket", start_packet_socket);
}
