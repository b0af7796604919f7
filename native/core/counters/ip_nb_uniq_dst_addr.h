/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
DISTINCT(NB_UNIQ_DST_ADDR, ip, destination_addresses, "Distinct destination addresses", ip->destination_hash)
