/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
DISTINCT(NB_UNIQ_SRC_ADDR, ip, source_addresses, "Distinct source addresses", ip->source_hash)
