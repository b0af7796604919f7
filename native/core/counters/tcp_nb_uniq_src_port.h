/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
PORTS(NB_UNIQ_SRC_PORT, tcp, tcp_source_ports, "Distinct TCP source ports", tcp->ports_known, tcp->source)
