/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command for which the kernel knows no tcx links, as before Linux 6.6: `without-tcx COMMAND…`. A process above
 * it looks at each BPF_LINK_CREATE (seccomp_unotify(2)). `--no-bpf` before the command refuses bpf(2) altogether.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TCX_INGRESS 46
#define TCX_EGRESS 47
#define ATTACH_TYPE 8 /* place in bpf_attr.link_create */

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A verdict on bpf(2), either on BPF_LINK_CREATE or on all of it; returns the descriptor that calls are told at, if
 * any. */
static int install(unsigned int verdict, int all, unsigned long flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, all ? 3 : 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_LINK_CREATE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, verdict),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail("PR_SET_NO_NEW_PRIVS");
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* The attach type of the link that a process wants to create; 0 when it cannot be read. */
static unsigned int attach_type(const struct seccomp_notif *call)
{
	char path[32];
	unsigned int type = 0;
	int memory;

	snprintf(path, sizeof(path), "/proc/%u/mem", call->pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (memory < 0 || pread(memory, &type, sizeof(type), (off_t)call->data.args[1] + ATTACH_TYPE) != sizeof(type))
		type = 0;
	close(memory);
	return type;
}

static void judge(int listener)
{
	for (;;) {
		struct seccomp_notif call = {0};
		struct seccomp_notif_resp answer = {0};
		unsigned int type;

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call)) {
			if (errno == EINTR || errno == ENOENT)
				continue;
			return;
		}
		type = attach_type(&call);
		answer.id = call.id;
		if (type == TCX_INGRESS || type == TCX_EGRESS)
			answer.error = -EINVAL;
		else
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

/* The command keeps this process's id, so that signals reach it; its child judges, and ends with it. */
int main(int count, char **arguments)
{
	int refuse = count > 1 && !strcmp(arguments[1], "--no-bpf");
	char **command = arguments + 1 + refuse;
	pid_t self = getpid(), judges;
	int listener;

	if (!*command)
		return 2;
	if (refuse) {
		if (install(SECCOMP_RET_ERRNO | EPERM, 1, 0) < 0)
			fail("seccomp");
	} else {
		listener = install(SECCOMP_RET_USER_NOTIF, 0, SECCOMP_FILTER_FLAG_NEW_LISTENER);
		if (listener < 0)
			fail("seccomp");
		judges = fork();
		if (judges < 0)
			fail("fork");
		if (!judges) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != self)
				return 1;
			close(1);
			close(2);
			judge(listener);
			return 0;
		}
		close(listener);
	}
	execvp(*command, command);
	fail(*command);
}
