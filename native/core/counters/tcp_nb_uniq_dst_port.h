/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
PORTS(NB_UNIQ_DST_PORT, tcp, tcp_destination_ports, "Distinct TCP destination ports", tcp->ports_known, tcp->destination)
