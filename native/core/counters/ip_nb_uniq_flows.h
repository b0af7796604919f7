/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
DISTINCT(NB_UNIQ_FLOWS, ip, flows, "Distinct directional 5-tuples", ip->flow_hash)
