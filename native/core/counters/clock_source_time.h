/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
CLOCK(SOURCE_TIME, clock, "Time of the last packet in unix time", clock->source_ns)
