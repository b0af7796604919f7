/* SPDX-License-Identifier: Apache-2.0 */
/* Why a native step failed: what was tried, the errno, and the verifier's words if it has any. */
#ifndef PKTSPOT_FAILURE_H
#define PKTSPOT_FAILURE_H

struct failure {
	const char *step; /* NULL: nothing failed */
	int error;        /* errno */
	char *log;        /* from malloc, or NULL */
};

static inline int fail(struct failure *failure, const char *step, int error)
{
	failure->step = step;
	failure->error = error;
	return -1;
}

#endif
