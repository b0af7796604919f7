/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap-filter(7) to classic BPF by libpcap, which is opened where it is needed: it cannot be linked in. Only a process
 * of its own may call this: libpcap takes as much time and memory as a text makes it.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter_classic.h"
#include "napi.h"
#include "uv.h"

#define SNAPLEN 262144
#define NETMASK_UNKNOWN 0xffffffffu
#define TEXT_MAX 4096

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

struct bpf_program { /* of pcap/bpf.h */
	u32 count;
	struct sock_filter *instructions;
};

struct libpcap {
	uv_lib_t library;
	void *(*open_dead)(int link, int snaplen);
	int (*compile)(void *pcap, struct bpf_program *program, const char *text, int optimize, u32 netmask);
	char *(*geterr)(void *pcap);
	void (*freecode)(struct bpf_program *program);
	void (*close)(void *pcap);
};

static int find_functions(struct libpcap *pcap)
{
	return uv_dlsym(&pcap->library, "pcap_open_dead", (void **)&pcap->open_dead) ||
	       uv_dlsym(&pcap->library, "pcap_compile", (void **)&pcap->compile) ||
	       uv_dlsym(&pcap->library, "pcap_geterr", (void **)&pcap->geterr) ||
	       uv_dlsym(&pcap->library, "pcap_freecode", (void **)&pcap->freecode) ||
	       uv_dlsym(&pcap->library, "pcap_close", (void **)&pcap->close);
}

static int open_libpcap(struct libpcap *pcap)
{
	static const char *const names[] = {"libpcap.so.0.8", "libpcap.so.1"};

	for (u32 i = 0; i < 2; i++) {
		if (!uv_dlopen(names[i], &pcap->library) && !find_functions(pcap))
			return 0;
		uv_dlclose(&pcap->library);
	}
	return -1;
}

/* compileFilter(text, link, optimize): the instructions, or libpcap's words against the text. Throws without libpcap.
 */
static napi_value compile_filter(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result = NULL;
	struct bpf_program program = {0};
	struct failure failure = {0};
	struct libpcap pcap;
	char text[TEXT_MAX + 1] = "";
	size_t length = 0;
	u32 link;
	int optimize;
	void *dead;

	get_arguments(env, info, arguments);
	link = get_u32(env, arguments[1]);
	optimize = get_bool(env, arguments[2]);
	if (napi_get_value_string_utf8(env, arguments[0], NULL, 0, &length) != napi_ok)
		napi_throw_type_error(env, NULL, "expected a text");
	else if (length > TEXT_MAX)
		napi_throw_range_error(env, NULL, "a text of more than 4096 bytes");
	if (has_failed(env))
		return NULL;
	napi_get_value_string_utf8(env, arguments[0], text, sizeof(text), &length);
	if (open_libpcap(&pcap))
		return fail(&failure, "dlopen(libpcap)", ENOENT), throw_failure(env, &failure);
	dead = pcap.open_dead((int)link, SNAPLEN);
	if (!dead) {
		fail(&failure, "pcap_open_dead", ENOMEM);
		throw_failure(env, &failure);
	} else if (pcap.compile(dead, &program, text, optimize, NETMASK_UNKNOWN)) {
		result = make_string(env, pcap.geterr(dead));
	} else {
		napi_create_buffer_copy(env, program.count * sizeof(*program.instructions), program.instructions, NULL,
					&result);
		pcap.freecode(&program);
	}
	if (dead)
		pcap.close(dead);
	return result; /* the library stays: the next text needs it again */
}

/* No sockets from here on, whatever a library believes it has to look up. */
static int forbid_sockets(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(rules) / sizeof(rules[0]), rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
}

static u64 get_bytes_limit(napi_env env, napi_value value)
{
	double bytes = get_double(env, value);

	if (bytes >= 0 && bytes < 9e15)
		return (u64)bytes;
	napi_throw_range_error(env, NULL, "expected a number of bytes");
	return 0;
}

/* confine(cpuSeconds, bytes): bounds what this process may use, and takes sockets away; false where that is refused. */
static napi_value confine(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], result;
	struct rlimit cpu, memory;

	get_arguments(env, info, arguments);
	cpu.rlim_cur = cpu.rlim_max = get_u32(env, arguments[0]);
	memory.rlim_cur = memory.rlim_max = (rlim_t)get_bytes_limit(env, arguments[1]);
	if (has_failed(env))
		return NULL;
	napi_get_boolean(env, !setrlimit(RLIMIT_CPU, &cpu) && !setrlimit(RLIMIT_DATA, &memory) && !forbid_sockets(),
			 &result);
	return result;
}

void init_filter_compile(napi_env env, napi_value exports)
{
	set_function(env, exports, "compileFilter", compile_filter);
	set_function(env, exports, "confine", confine);
}
