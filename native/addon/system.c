/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces of this network namespace: /sys shows those of the namespace it was mounted in. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "napi.h"

/* ARPHRD_* whose frames begin with an Ethernet header: Ethernet and loopback. */
static int has_link_header(int type)
{
	return type == 1 || type == 772;
}

static void describe(napi_env env, napi_value object, int probe, const char *name)
{
	struct ifreq request = {0};

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (!ioctl(probe, SIOCGIFFLAGS, &request))
		set(env, object, "up", make_u32(env, !!(request.ifr_flags & IFF_UP)));
	if (!ioctl(probe, SIOCGIFHWADDR, &request))
		set(env, object, "raw", make_u32(env, !has_link_header(request.ifr_hwaddr.sa_family)));
	if (!ioctl(probe, SIOCGIFMTU, &request))
		set(env, object, "mtu", make_u32(env, (u32)request.ifr_mtu));
}

/* interfaces(): [{name, index, up, raw, mtu}] */
static napi_value interfaces(napi_env env, napi_callback_info info)
{
	struct if_nameindex *list = if_nameindex();
	int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	napi_value result;

	(void)info;
	napi_create_array(env, &result);
	for (u32 i = 0; list && list[i].if_index; i++) {
		napi_value object;

		napi_create_object(env, &object);
		set(env, object, "name", make_string(env, list[i].if_name));
		set(env, object, "index", make_u32(env, list[i].if_index));
		describe(env, object, probe, list[i].if_name);
		napi_set_element(env, result, i, object);
	}
	if (list)
		if_freenameindex(list);
	if (probe >= 0)
		close(probe);
	return result;
}

/* Fills in a name, of nothing when it is longer than one can be; 0 and throws when it is no text. */
static int get_name(napi_env env, napi_callback_info info, char name[IFNAMSIZ + 1])
{
	napi_value arguments[ARGUMENTS_MAX];
	size_t length = 0;

	get_arguments(env, info, arguments);
	if (napi_get_value_string_utf8(env, arguments[0], name, IFNAMSIZ + 1, &length) != napi_ok) {
		napi_throw_type_error(env, NULL, "expected a text");
		return 0;
	}
	if (length >= IFNAMSIZ) /* longer ones are cut */
		name[0] = 0;
	return 1;
}

/* interfaceOf(name): {name, index, up, raw, mtu}; undefined when there is none. It takes no lock that changes hold. */
static napi_value interface_of(napi_env env, napi_callback_info info)
{
	napi_value object = undefined(env);
	char name[IFNAMSIZ + 1];
	u32 index;
	int probe;

	if (!get_name(env, info, name))
		return NULL;
	probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	index = if_nametoindex(name);
	if (index) {
		napi_create_object(env, &object);
		set(env, object, "name", make_string(env, name));
		set(env, object, "index", make_u32(env, index));
		describe(env, object, probe, name);
	}
	if (probe >= 0)
		close(probe);
	return object;
}

/* interfaceIndex(name): 0 when there is none */
static napi_value interface_index(napi_env env, napi_callback_info info)
{
	char name[IFNAMSIZ + 1];

	return get_name(env, info, name) ? make_u32(env, if_nametoindex(name)) : NULL;
}

void init_system(napi_env env, napi_value exports)
{
	set_function(env, exports, "interfaces", interfaces);
	set_function(env, exports, "interfaceOf", interface_of);
	set_function(env, exports, "interfaceIndex", interface_index);
}
