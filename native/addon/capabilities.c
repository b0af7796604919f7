/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up capabilities in every thread: Linux keeps them, and changes them, for each thread alone (capabilities(7)).
 */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "napi.h"

/*
 * Kept by both C libraries for themselves, so that no thread can block it: Node has one that blocks all others. They
 * raise it only where a program changes its users or cancels threads.
 */
#define SIGNAL 33
#define WAIT_MICROSECONDS 1000
#define WAITS 2000
#define WAITS_TO_REPEAT 10

/* What rt_sigaction(2) takes; the library's function refuses the signal. */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	u64 mask;
};

/* Read by the handlers of all threads; one call at a time. */
static struct {
	u64 kept;
	u64 inherited; /* by the programs that it starts */
	u32 handled;
	int refusal; /* errno */
} asked;

struct sets {
	u64 effective, permitted, inheritable;
};

static u64 joined(u32 low, u32 high)
{
	return (u64)high << 32 | low;
}

/* The sets of a thread, 0: the calling one; returns errno. */
static int read_sets(int thread, struct sets *sets)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = thread};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capget, &header, data))
		return errno;
	sets->effective = joined(data[0].effective, data[1].effective);
	sets->permitted = joined(data[0].permitted, data[1].permitted);
	sets->inheritable = joined(data[0].inheritable, data[1].inheritable);
	return 0;
}

/* Reduces the calling thread; system calls alone, as it must be in a handler of signals. */
static void reduce(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};
	struct sets sets;
	int error = read_sets(0, &sets);

	/* takes SETPCAP, which few have: what is left there is of no use without a program that gives capabilities */
	for (long capability = 0; capability < 64; capability++)
		if (!(asked.inherited >> capability & 1) && syscall(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0))
			break;
	syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!error) {
		u64 effective = sets.effective & asked.kept, permitted = sets.permitted & asked.kept;
		u64 inheritable = permitted & asked.inherited;

		data[0].effective = (u32)effective;
		data[1].effective = (u32)(effective >> 32);
		data[0].permitted = (u32)permitted;
		data[1].permitted = (u32)(permitted >> 32);
		data[0].inheritable = (u32)inheritable;
		data[1].inheritable = (u32)(inheritable >> 32);
		if (syscall(SYS_capset, &header, data))
			error = errno;
		for (long capability = 0; capability < 64; capability++)
			if (inheritable >> capability & 1)
				syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
	}
	if (error)
		__atomic_store_n(&asked.refusal, error, __ATOMIC_RELAXED);
}

static void on_signal(int signal)
{
	int error = errno;

	(void)signal;
	reduce();
	__atomic_add_fetch(&asked.handled, 1, __ATOMIC_RELEASE);
	errno = error;
}

#ifdef __x86_64__
#define RESTORER 0x04000000UL
/* Where the kernel has a handler return to: rt_sigreturn(2). Other machines have it in the kernel's own page. */
void pktspot_return_from_handler(void);
__asm__(".text\n"
	".type pktspot_return_from_handler, @function\n"
	".hidden pktspot_return_from_handler\n"
	"pktspot_return_from_handler:\n"
	"	mov $15, %eax\n"
	"	syscall\n");
#else
#define RESTORER 0UL
#define pktspot_return_from_handler NULL
#endif

static int set_action(const struct kernel_action *action, struct kernel_action *before)
{
	return (int)syscall(SYS_rt_sigaction, SIGNAL, action, before, sizeof(action->mask));
}

static int is_reduced(int thread)
{
	struct sets sets;

	/* one that has ended is no matter */
	return read_sets(thread, &sets) || (!(sets.effective & ~asked.kept) && !(sets.permitted & ~asked.kept) &&
					    !(sets.inheritable & ~asked.inherited));
}

/* Counts the threads that are not reduced, and signals them; returns -1 when they cannot be listed. */
static int ask_threads(int signals, u32 *sent)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	int left = 0;

	if (!tasks)
		return -1;
	while ((entry = readdir(tasks))) {
		int thread = atoi(entry->d_name);

		if (thread <= 0 || is_reduced(thread))
			continue;
		left++;
		if (signals && !syscall(SYS_tgkill, getpid(), thread, SIGNAL))
			++*sent;
	}
	closedir(tasks);
	return left;
}

/* Threads that begin meanwhile have what their makers have: all are asked until none has more than is kept. */
static int reduce_all(struct failure *failure)
{
	struct kernel_action action = {
		.handler = on_signal,
		.flags = SA_RESTART | RESTORER,
		.restorer = pktspot_return_from_handler,
		.mask = ~0ULL,
	};
	struct kernel_action before;
	u32 sent = 0;
	int left = 1;

	reduce();
	if (set_action(&action, &before))
		return fail(failure, "rt_sigaction", errno);
	for (u32 waits = 0; waits < WAITS && !asked.refusal; waits++) {
		left = ask_threads(waits % WAITS_TO_REPEAT == 0, &sent);
		if (left <= 0)
			break;
		usleep(WAIT_MICROSECONDS);
	}
	for (u32 waits = 0; waits < WAITS_TO_REPEAT && __atomic_load_n(&asked.handled, __ATOMIC_ACQUIRE) < sent;
	     waits++)
		usleep(WAIT_MICROSECONDS);
	/* one still on its way would end the program without a handler */
	if (__atomic_load_n(&asked.handled, __ATOMIC_ACQUIRE) >= sent)
		set_action(&before, NULL);
	if (asked.refusal)
		return fail(failure, "capset", asked.refusal);
	if (left < 0)
		return fail(failure, "/proc/self/task", errno);
	return left ? fail(failure, "tgkill", ETIMEDOUT) : 0;
}

/* keepCapabilities(mask, inherited): the mask of what is left, which the programs that it starts get if `inherited` */
static napi_value keep_capabilities(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX], left;
	struct failure failure = {0};
	struct sets sets = {0};
	int inherits;
	u64 kept;

	get_arguments(env, info, arguments);
	kept = get_u64(env, arguments[0]);
	inherits = get_bool(env, arguments[1]);
	if (has_failed(env))
		return NULL;
	memset(&asked, 0, sizeof(asked));
	asked.kept = kept;
	asked.inherited = inherits ? kept : 0;
	if (reduce_all(&failure))
		return throw_failure(env, &failure);
	read_sets(0, &sets);
	napi_create_bigint_uint64(env, sets.effective, &left);
	return left;
}

void init_capabilities(napi_env env, napi_value exports)
{
	set_function(env, exports, "keepCapabilities", keep_capabilities);
}
