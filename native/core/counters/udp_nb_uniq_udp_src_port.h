/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
PORTS(NB_UNIQ_UDP_SRC_PORT, udp, udp_source_ports, "Distinct UDP source ports", udp->ports_known, udp->source)
