/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(IP_VERSION, "ip.version", pkt, 8, "IP version: 4 or 6; 0 when the frame is not IP", 1, pkt->version)
