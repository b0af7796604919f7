/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
HISTOGRAM(SIZES, pkt, packet_size_bytes, "Frame sizes in bytes without FCS", pkt->len, 64, 128, 256, 512, 1024,
	  1280, 1518, 2048, 4096, 9216)
