/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(FRAME_LEN, "frame.len", pkt, 16, "Frame bytes on the wire without FCS; longer ones as 65535", 1,
    pkt->len < 65535 ? pkt->len : 65535)
