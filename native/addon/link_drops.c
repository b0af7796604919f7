/* SPDX-License-Identifier: Apache-2.0 */
/* What interfaces themselves count as dropped and wrong: rtnetlink(7), RTM_GETSTATS, Linux 4.7. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "napi.h"

struct request {
	struct nlmsghdr header;
	struct if_stats_msg message;
};

struct answer {
	struct nlmsghdr header;
	struct if_stats_msg message;
	struct nlattr attribute;
	u8 statistics[4096];
};

/* Members of struct rtnl_link_stats64 that are told, in the order of interfaceDrops. */
static const size_t told[] = {
	offsetof(struct rtnl_link_stats64, rx_dropped),       offsetof(struct rtnl_link_stats64, tx_dropped),
	offsetof(struct rtnl_link_stats64, rx_errors),        offsetof(struct rtnl_link_stats64, tx_errors),
	offsetof(struct rtnl_link_stats64, rx_missed_errors), offsetof(struct rtnl_link_stats64, rx_nohandler),
};
#define TOLD (sizeof(told) / sizeof(told[0]))

/* Asks for one interface and fills in its numbers; 0, or -1 with errno. */
static int ask(int netlink, u32 index, u64 *into)
{
	struct request request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETSTATS,
			   .nlmsg_flags = NLM_F_REQUEST,
			   .nlmsg_seq = index},
		.message = {.ifindex = index, .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64)},
	};
	struct answer answer;
	ssize_t bytes;
	size_t length;

	if (send(netlink, &request, sizeof(request), 0) < 0)
		return -1;
	bytes = recv(netlink, &answer, sizeof(answer), 0);
	if (bytes < (ssize_t)offsetof(struct answer, statistics) || answer.header.nlmsg_type != RTM_NEWSTATS ||
	    answer.header.nlmsg_seq != index || answer.attribute.nla_type != IFLA_STATS_LINK_64)
		return -1;
	length = (size_t)bytes - offsetof(struct answer, statistics);
	if (answer.attribute.nla_len < sizeof(struct nlattr))
		return -1;
	if (length > answer.attribute.nla_len - sizeof(struct nlattr))
		length = answer.attribute.nla_len - sizeof(struct nlattr);
	/* an older kernel has fewer members */
	for (u32 i = 0; i < TOLD; i++) {
		into[i] = 0;
		if (told[i] + sizeof(u64) <= length)
			memcpy(&into[i], answer.statistics + told[i], sizeof(u64));
	}
	return 0;
}

/*
 * interfaceDrops(indexes, into): six numbers an interface: received and sent dropped, received and sent wrong, missed,
 * without a handler. All bits set: there is no such interface, or the kernel does not say.
 */
static napi_value interface_drops(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t bytes = 0;
	const u8 *indexes;
	u32 count, index;
	u64 *into;
	int netlink;

	get_arguments(env, info, arguments);
	indexes = get_bytes(env, arguments[0], &bytes);
	count = (u32)(bytes / sizeof(index));
	into = get_room(env, arguments[1], (u64)count * TOLD);
	if (!into)
		return NULL;
	memset(into, 0xff, count * TOLD * sizeof(u64));
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (netlink < 0)
		return undefined(env);
	for (u32 i = 0; i < count; i++) {
		memcpy(&index, indexes + i * sizeof(index), sizeof(index));
		if (ask(netlink, index, into + i * TOLD))
			memset(into + i * TOLD, 0xff, TOLD * sizeof(u64));
	}
	close(netlink);
	return undefined(env);
}

void init_link_drops(napi_env env, napi_value exports)
{
	set_function(env, exports, "interfaceDrops", interface_drops);
}
