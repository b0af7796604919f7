/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
PORTS(NB_UNIQ_UDP_DST_PORT, udp, udp_destination_ports, "Distinct UDP destination ports", udp->ports_known, udp->destination)
