/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
KEY(L4_SERVER_PORT, "l4.server_port", l4, 16,
    "Port of the server: destination of a SYN, source of a SYN with ACK, else the lower port, each packet by itself", 1,
    server_port(l4))
