/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of interfaces and routes as they change (rtnetlink(7)), handed on as it was said. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "napi.h"
#include "uv.h"

#define READ_BYTES 65536u
#define MESSAGE_BYTES 16384u /* the kernel's are below: NLMSG_GOODSIZE, or what an interface with many parts needs */
#define QUEUE_BYTES (1 << 20)

struct links {
	napi_env env;
	napi_ref listener;
	napi_async_context context;
	napi_async_cleanup_hook_handle hook;
	uv_handle_t *poll;
	int socket;
	int ended;
	u8 data[READ_BYTES];
};

static const napi_type_tag links_tag = {0x64a1f0c3b5d24e77ULL, 0xb2c65e1d90f3a841ULL};

static void freed(uv_handle_t *poll)
{
	struct links *links = uv_handle_get_data(poll);
	napi_async_cleanup_hook_handle hook = links->hook;

	close(links->socket);
	free(links->poll);
	free(links);
	napi_remove_async_cleanup_hook(hook);
}

static void end(struct links *links)
{
	if (links->ended)
		return;
	links->ended = 1;
	napi_delete_reference(links->env, links->listener);
	napi_async_destroy(links->env, links->context);
	uv_close(links->poll, freed);
}

static void environment_ends(napi_async_cleanup_hook_handle hook, void *data)
{
	(void)hook;
	end(data);
}

/* Reads whole messages while they fit; gives their bytes, -1 where the kernel had no room for more. */
static long receive(struct links *links)
{
	size_t used = 0;

	while (READ_BYTES - used >= MESSAGE_BYTES) {
		struct sockaddr_nl from = {0};
		struct iovec into = {links->data + used, MESSAGE_BYTES};
		struct msghdr message = {
			.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &into, .msg_iovlen = 1};
		ssize_t bytes = recvmsg(links->socket, &message, MSG_DONTWAIT);

		if (bytes < 0 && errno == ENOBUFS)
			return -1;
		if (bytes <= 0)
			break;
		if (message.msg_flags & MSG_TRUNC)
			return -1;
		/* other programs may write to us, too */
		if (from.nl_pid == 0)
			used += NLMSG_ALIGN((size_t)bytes);
	}
	return (long)used;
}

static void ready(uv_handle_t *poll, int status, int events)
{
	struct links *links = uv_handle_get_data(poll);
	napi_env env = links->env;
	long bytes = receive(links);
	napi_handle_scope scope;
	napi_value listener, argument, error;

	(void)status;
	(void)events;
	if (bytes == 0 || napi_open_handle_scope(env, &scope))
		return;
	napi_get_reference_value(env, links->listener, &listener);
	if (bytes < 0)
		argument = undefined(env);
	else
		napi_create_buffer_copy(env, (size_t)bytes, links->data, NULL, &argument);
	if (napi_make_callback(env, links->context, listener, listener, 1, &argument, NULL) == napi_pending_exception &&
	    !napi_get_and_clear_last_exception(env, &error))
		napi_fatal_exception(env, error);
	napi_close_handle_scope(env, scope);
}

/* Opens the socket with a queue that takes a burst; the kernel's own would take some fifty messages. */
static int subscribe(struct links *links, int routes, struct failure *failure)
{
	struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	int queue = QUEUE_BYTES;

	if (routes)
		own.nl_groups |= RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
	links->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (links->socket < 0)
		return fail(failure, "socket", errno);
	if (setsockopt(links->socket, SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof(queue)))
		setsockopt(links->socket, SOL_SOCKET, SO_RCVBUF, &queue, sizeof(queue));
	if (bind(links->socket, (struct sockaddr *)&own, sizeof(own))) {
		close(links->socket);
		return fail(failure, "bind", errno);
	}
	return 0;
}

static int watch(napi_env env, struct links *links, struct failure *failure)
{
	uv_loop_t *loop = NULL;
	int error;

	links->poll = malloc(uv_handle_size(UV_POLL));
	if (!links->poll || napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop)) {
		free(links->poll);
		return fail(failure, "watch", ENOMEM);
	}
	error = uv_poll_init(loop, links->poll, links->socket);
	if (error) {
		free(links->poll);
		return fail(failure, "watch", -error);
	}
	uv_handle_set_data(links->poll, links);
	uv_poll_start(links->poll, UV_READABLE, ready);
	uv_unref(links->poll);
	return 0;
}

/* The handle's cell outlives the subscription, which lasts until it is ended. */
static void finalize(napi_env env, void *cell, void *hint)
{
	(void)env;
	(void)hint;
	free(cell);
}

static int is_function(napi_env env, napi_value value)
{
	napi_valuetype type = napi_undefined;

	napi_typeof(env, value, &type);
	return type == napi_function;
}

/*
 * watchLinks(routes, listener): calls listener(bytes) with messages of the kernel, aligned as they came; with undefined
 * when some were lost.
 */
static napi_value watch_links(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], handle;
	struct failure failure = {0};
	struct links *links, **cell;
	int routes;

	get_arguments(env, info, arguments);
	routes = get_bool(env, arguments[0]);
	if (!is_function(env, arguments[1]))
		napi_throw_type_error(env, NULL, "expected a function");
	if (has_failed(env))
		return NULL;
	links = calloc(1, sizeof(*links));
	cell = malloc(sizeof(*cell));
	if (!links || !cell) {
		fail(&failure, "watch", ENOMEM);
		goto failed;
	}
	links->env = env;
	if (subscribe(links, routes, &failure))
		goto failed;
	if (watch(env, links, &failure)) {
		close(links->socket);
		goto failed;
	}
	napi_create_reference(env, arguments[1], 1, &links->listener);
	napi_async_init(env, NULL, make_string(env, "pktspot_links"), &links->context);
	napi_add_async_cleanup_hook(env, environment_ends, links, &links->hook);
	*cell = links;
	napi_create_external(env, cell, finalize, NULL, &handle);
	napi_type_tag_object(env, handle, &links_tag);
	return handle;
failed:
	free(links);
	free(cell);
	return throw_failure(env, &failure);
}

/* unwatchLinks(handle): twice does nothing */
static napi_value unwatch_links(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct links **cell;

	get_arguments(env, info, arguments);
	cell = get_handle(env, arguments[0], &links_tag);
	if (cell && *cell) {
		end(*cell);
		*cell = NULL;
	}
	return undefined(env);
}

void init_links(napi_env env, napi_value exports)
{
	set_function(env, exports, "watchLinks", watch_links);
	set_function(env, exports, "unwatchLinks", unwatch_links);
}
