/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
CLOCK(REAL_TIME, clock, "Wall clock at the last packet in unix time", clock->wall_ns)
