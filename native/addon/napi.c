/* SPDX-License-Identifier: Apache-2.0 */
#include "napi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void get_arguments(napi_env env, napi_callback_info info, napi_value *arguments)
{
	size_t count = ARGUMENTS_MAX;

	for (u32 i = 0; i < ARGUMENTS_MAX; i++)
		arguments[i] = NULL;
	napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
}

int has_failed(napi_env env)
{
	bool pending = true;

	return napi_is_exception_pending(env, &pending) != napi_ok || pending;
}

u32 get_u32(napi_env env, napi_value value)
{
	double number = 0;

	if (napi_get_value_double(env, value, &number) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a number");
	else if (!(number >= 0 && number <= 0xffffffffu) || (double)(u32)number != number)
		napi_throw_range_error(env, NULL, "expected a whole number of at most 32 bits");
	else
		return (u32)number;
	return 0;
}

double get_double(napi_env env, napi_value value)
{
	double number = 0;

	if (napi_get_value_double(env, value, &number) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a number");
	return number;
}

u64 get_u64(napi_env env, napi_value value)
{
	uint64_t number = 0;
	bool lossless = true;

	if (napi_get_value_bigint_uint64(env, value, &number, &lossless) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a BigInt");
	else if (!lossless)
		napi_throw_range_error(env, NULL, "expected a BigInt of at most 64 bits without sign");
	return number;
}

int get_bool(napi_env env, napi_value value)
{
	napi_valuetype type = napi_undefined;
	bool flag = false;

	napi_typeof(env, value, &type);
	if (type != napi_undefined && napi_get_value_bool(env, value, &flag) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a boolean");
	return flag;
}

void get_text(napi_env env, napi_value value, char *text, size_t bytes)
{
	napi_valuetype type = napi_undefined;
	size_t length = 0;

	text[0] = 0;
	napi_typeof(env, value, &type);
	if (type == napi_undefined)
		return;
	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a text");
	else if (length >= bytes)
		napi_throw_range_error(env, NULL, "the text is too long");
	else
		napi_get_value_string_utf8(env, value, text, bytes, NULL);
}

void *get_bytes(napi_env env, napi_value value, size_t *bytes)
{
	static const u8 widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8}; /* by napi_typedarray_type */
	napi_typedarray_type type = napi_uint8_array;
	void *data = NULL;
	size_t length = 0;

	if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a typed array");
	if (bytes)
		*bytes = length * widths[type < sizeof(widths) ? type : 0];
	return data;
}

void *get_room(napi_env env, napi_value value, u64 numbers)
{
	static u64 none[1];
	size_t bytes = 0;
	void *memory = get_bytes(env, value, &bytes);

	if (has_failed(env))
		return NULL;
	if (bytes / sizeof(u64) < numbers || (size_t)memory % sizeof(u64)) {
		napi_throw_range_error(env, NULL, "no room for the result");
		return NULL;
	}
	return memory ? memory : none;
}

void *get_handle(napi_env env, napi_value value, const napi_type_tag *tag)
{
	void *pointer = NULL;
	bool same = false;

	if (napi_check_object_type_tag(env, value, tag, &same) == napi_ok && same)
		napi_get_value_external(env, value, &pointer);
	if (!pointer)
		napi_throw_type_error(env, NULL, "not a handle of this kind");
	return pointer;
}

napi_value undefined(napi_env env)
{
	napi_value value;

	napi_get_undefined(env, &value);
	return value;
}

napi_value make_u32(napi_env env, u32 number)
{
	napi_value value;

	napi_create_uint32(env, number, &value);
	return value;
}

napi_value make_double(napi_env env, double number)
{
	napi_value value;

	napi_create_double(env, number, &value);
	return value;
}

napi_value make_string(napi_env env, const char *text)
{
	napi_value value;

	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
	return value;
}

void set(napi_env env, napi_value object, const char *key, napi_value value)
{
	napi_set_named_property(env, object, key, value);
}

void set_function(napi_env env, napi_value exports, const char *name, napi_callback function)
{
	napi_value value;

	napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value);
	set(env, exports, name, value);
}

static const char *error_name(int error, char *buffer, size_t bytes)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {{EPERM, "EPERM"},       {EACCES, "EACCES"}, {EBUSY, "EBUSY"},   {EAGAIN, "EAGAIN"},
		     {EEXIST, "EEXIST"},     {EINVAL, "EINVAL"}, {ENODEV, "ENODEV"}, {ENOMEM, "ENOMEM"},
		     {ENOSYS, "ENOSYS"},     {E2BIG, "E2BIG"},   {ENXIO, "ENXIO"},   {EOPNOTSUPP, "EOPNOTSUPP"},
		     {ENETDOWN, "ENETDOWN"}, {EMFILE, "EMFILE"}, {ERANGE, "ERANGE"}, {ENOBUFS, "ENOBUFS"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(buffer, bytes, "errno %d", error);
	return buffer;
}

napi_value throw_failure(napi_env env, struct failure *failure)
{
	char name[24], message[160];
	napi_value error;
	const char *code = error_name(failure->error, name, sizeof(name));

	snprintf(message, sizeof(message), "%s: %s (%s)", failure->step, code, strerror(failure->error));
	napi_create_error(env, make_string(env, code), make_string(env, message), &error);
	set(env, error, "step", make_string(env, failure->step));
	if (failure->log)
		set(env, error, "log", make_string(env, failure->log));
	free(failure->log);
	failure->log = NULL;
	napi_throw(env, error);
	return NULL;
}
