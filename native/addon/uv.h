/* SPDX-License-Identifier: Apache-2.0 */
/* The few functions of libuv that Node exports and the addon calls (docs.libuv.org, stable since 1.0). */
#ifndef PKTSPOT_UV_H
#define PKTSPOT_UV_H

#include <stddef.h>
#include <pthread.h> /* types only: uv_thread_t and uv_mutex_t are these on Unix */

typedef pthread_t uv_thread_t;
typedef pthread_mutex_t uv_mutex_t;

typedef struct {
	void *handle;
	char *message;
} uv_lib_t;

int uv_thread_create(uv_thread_t *thread, void (*entry)(void *), void *argument);
int uv_thread_join(uv_thread_t *thread);
int uv_mutex_init(uv_mutex_t *mutex);
void uv_mutex_lock(uv_mutex_t *mutex);
void uv_mutex_unlock(uv_mutex_t *mutex);
void uv_mutex_destroy(uv_mutex_t *mutex);
/* A descriptor watched by an event loop; the handle is of uv_handle_size(UV_POLL) bytes. */
#define UV_POLL 8
#define UV_READABLE 1
typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
size_t uv_handle_size(int type);
void uv_handle_set_data(uv_handle_t *handle, void *data);
void *uv_handle_get_data(const uv_handle_t *handle);
int uv_poll_init(uv_loop_t *loop, uv_handle_t *poll, int descriptor);
int uv_poll_start(uv_handle_t *poll, int events, void (*ready)(uv_handle_t *poll, int status, int events));
void uv_unref(uv_handle_t *handle);
void uv_close(uv_handle_t *handle, void (*closed)(uv_handle_t *handle));
/* dlopen(3) by another name: in the C library itself its version is of 2021. */
int uv_dlopen(const char *name, uv_lib_t *library);
int uv_dlsym(uv_lib_t *library, const char *name, void **symbol);
void uv_dlclose(uv_lib_t *library);

#endif
