/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The harness alone: what of every figure is not counting. */
#include "harness.h"

SECTION("xdp")
int bench(struct xdp_md *ctx)
{
	return next_frame(ctx) ? XDP_ABORTED : XDP_PASS;
}

char program_license[] SECTION("license") = "Dual BSD/GPL";
