/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's types say of drops: what reasons are called, and how an interface is reached from a packet. */
#include "btf.h"
#include "napi.h"

/* {number, name} of an enum's values, an empty list when there is no such enum */
static napi_value names_of(napi_env env, const struct btf *btf, const char *name)
{
	napi_value list;
	u32 type = btf_enum(btf, name), value;
	const char *text;

	napi_create_array(env, &list);
	for (u32 i = 0; (text = btf_enum_value(btf, type, i, &value)); i++) {
		napi_value entry;

		napi_create_object(env, &entry);
		set(env, entry, "number", make_u32(env, value));
		set(env, entry, "name", make_string(env, text));
		napi_set_element(env, list, i, entry);
	}
	return list;
}

/* byte of a member; -1 when there is none */
static napi_value place_of(napi_env env, const struct btf *btf, const char *structure, const char *path)
{
	return make_double(env, (double)btf_member(btf, structure, path));
}

/* dropTypes(bytes): {reasons, subsystems, device, index, namespace, number}; undefined when they are no BTF */
static napi_value drop_types(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct btf btf;
	const u8 *bytes;
	size_t length = 0;

	get_arguments(env, info, arguments);
	bytes = get_bytes(env, arguments[0], &length);
	if (has_failed(env))
		return NULL;
	if (!bytes || btf_open(&btf, bytes, length))
		return undefined(env);
	napi_create_object(env, &result);
	set(env, result, "reasons", names_of(env, &btf, "skb_drop_reason"));
	set(env, result, "subsystems", names_of(env, &btf, "skb_drop_reason_subsys"));
	set(env, result, "device", place_of(env, &btf, "sk_buff", "dev"));
	set(env, result, "index", place_of(env, &btf, "net_device", "ifindex"));
	set(env, result, "namespace", place_of(env, &btf, "net_device", "nd_net.net"));
	set(env, result, "number", place_of(env, &btf, "net", "ns.inum"));
	btf_close(&btf);
	return result;
}

void init_drop_types(napi_env env, napi_value exports)
{
	set_function(env, exports, "dropTypes", drop_types);
}
