/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments and errors of the addon's functions. TypeScript has checked what users say; here, what would reach outside
 * of memory is refused: the getters throw a TypeError or a RangeError and give 0, and has_failed() tells.
 */
#ifndef PKTSPOT_NAPI_H
#define PKTSPOT_NAPI_H

#include <node_api.h>

#include "../core/types.h"
#include "failure.h"

#define ARGUMENTS_MAX 8

/* Reads the call's arguments; missing ones are undefined. */
void get_arguments(napi_env env, napi_callback_info info, napi_value *arguments);
u32 get_u32(napi_env env, napi_value value);
double get_double(napi_env env, napi_value value);
u64 get_u64(napi_env env, napi_value value);  /* BigInt */
int get_bool(napi_env env, napi_value value); /* undefined is false */
/* Whether an exception is waiting for the function to return. */
int has_failed(napi_env env);
/* Memory of a Buffer or any other typed array, and its length in bytes. */
void *get_bytes(napi_env env, napi_value value, size_t *bytes);
/* Text of so many bytes with its zero; throws when it is none or does not fit, and undefined is empty. */
void get_text(napi_env env, napi_value value, char *text, size_t bytes);
/* Memory of a typed array for so many numbers of 8 bytes; throws and returns NULL when there is less. */
void *get_room(napi_env env, napi_value value, u64 numbers);
/* Pointer behind an External; throws and returns NULL for another kind of handle or one that was closed. */
void *get_handle(napi_env env, napi_value value, const napi_type_tag *tag);

napi_value undefined(napi_env env);
napi_value make_u32(napi_env env, u32 value);
napi_value make_double(napi_env env, double value);
napi_value make_string(napi_env env, const char *text);
void set(napi_env env, napi_value object, const char *key, napi_value value);
void set_function(napi_env env, napi_value exports, const char *name, napi_callback function);

/* Throws an Error {code: errno's name or number, step, log?} and frees the log; returns NULL. */
napi_value throw_failure(napi_env env, struct failure *failure);

/* Each source file of functions adds its own to the exports. */
void init_source(napi_env env, napi_value exports);
void init_windows(napi_env env, napi_value exports);
void init_catalog(napi_env env, napi_value exports);
void init_frames(napi_env env, napi_value exports);
void init_frame_batches(napi_env env, napi_value exports);
void init_groups(napi_env env, napi_value exports);
void init_group_opening(napi_env env, napi_value exports);
void init_load(napi_env env, napi_value exports);
void init_kernel(napi_env env, napi_value exports);
void init_packet_socket(napi_env env, napi_value exports);
void init_packet_tap(napi_env env, napi_value exports);
void init_capture_file(napi_env env, napi_value exports);
void init_system(napi_env env, napi_value exports);
void init_links(napi_env env, napi_value exports);
void init_filters(napi_env env, napi_value exports);
void init_capabilities(napi_env env, napi_value exports);
void init_drops(napi_env env, napi_value exports);
void init_drop_types(napi_env env, napi_value exports);
void init_link_drops(napi_env env, napi_value exports);
void init_pins(napi_env env, napi_value exports);

#endif
