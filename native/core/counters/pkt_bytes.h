/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
BYTES(BYTES, pkt, "Bytes of frames without FCS", pkt->len)
