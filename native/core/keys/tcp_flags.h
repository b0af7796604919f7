/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(TCP_FLAGS, "tcp.flags", tcp, 8, "Flags of TCP: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128",
    tcp->flags_known, tcp->flags)
