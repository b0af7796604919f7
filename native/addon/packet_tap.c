/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What npm's cap leaves out, of the packet socket that libpcap opened in this process: one direction alone, from a
 * known packet on, and how many were lost (packet(7)).
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "napi.h"

#define WHOLE 0x40000u /* more than libpcap captures */

static int is_packet_socket(int fd)
{
	int domain = 0;
	socklen_t bytes = sizeof(domain);

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) && domain == AF_PACKET;
}

/* libpcap's own filter would drop the first packet: it judges that one itself, and does not know its direction. */
static int pass_one_direction(int fd, int outgoing)
{
	struct sock_filter direction[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (u32)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, outgoing ? 0 : 1, outgoing ? 1 : 0),
		BPF_STMT(BPF_RET | BPF_K, WHOLE),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = {sizeof(direction) / sizeof(direction[0]), direction};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

/* Packets that came into the ring and that found no room, both since the last call. */
static int read_statistics(int fd, u32 *held, u32 *lost)
{
	struct tpacket_stats_v3 stats = {0};
	socklen_t bytes = sizeof(stats);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes))
		return -1;
	*held = stats.tp_packets - stats.tp_drops;
	*lost = stats.tp_drops;
	return 0;
}

/*
 * takePacketSocket(fd, outgoing): gives how many packets of either direction its ring holds, behind which come those of
 * the wanted one; -1 where the descriptor is no packet socket. The process leaves no core behind from now on.
 */
static napi_value take_packet_socket(napi_env env, napi_callback_info info)
{
	const struct rlimit no_core = {0, 0};
	napi_value arguments[ARGUMENTS_MAX];
	struct failure failure = {0};
	u32 held, lost;
	int fd, outgoing;

	get_arguments(env, info, arguments);
	fd = (int)get_u32(env, arguments[0]);
	outgoing = get_bool(env, arguments[1]);
	if (has_failed(env))
		return NULL;
	if (!is_packet_socket(fd))
		return make_double(env, -1);
	setrlimit(RLIMIT_CORE, &no_core); /* cap aborts when the interface goes down */
	if (pass_one_direction(fd, outgoing))
		return fail(&failure, "SO_ATTACH_FILTER", errno), throw_failure(env, &failure);
	if (read_statistics(fd, &held, &lost))
		return fail(&failure, "PACKET_STATISTICS", errno), throw_failure(env, &failure);
	return make_double(env, held);
}

/* lostPackets(fd): packets that found no room in the ring of a packet socket since the last call */
static napi_value lost_packets(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	u32 held, lost;
	int fd;

	get_arguments(env, info, arguments);
	fd = (int)get_u32(env, arguments[0]);
	if (has_failed(env))
		return NULL;
	return make_u32(env, read_statistics(fd, &held, &lost) ? 0 : lost);
}

void init_packet_tap(napi_env env, napi_value exports)
{
	set_function(env, exports, "takePacketSocket", take_packet_socket);
	set_function(env, exports, "lostPackets", lost_packets);
}
