/* SPDX-License-Identifier: Apache-2.0 */
/* The few functions of libuv that Node exports and the addon calls (docs.libuv.org, stable since 1.0). */
#ifndef PKTSPOT_UV_H
#define PKTSPOT_UV_H

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
/* dlopen(3) by another name: in the C library itself its version is of 2021. */
int uv_dlopen(const char *name, uv_lib_t *library);
int uv_dlsym(uv_lib_t *library, const char *name, void **symbol);
void uv_dlclose(uv_lib_t *library);

#endif
