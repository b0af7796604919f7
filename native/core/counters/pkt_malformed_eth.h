/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
SUM(MALFORMED_ETH, pkt, "Frames shorter than their link header", pkt->malformed)
