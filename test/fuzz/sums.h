/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of the sums whatever was counted. */
#ifndef PKTSPOT_FUZZ_SUMS_H
#define PKTSPOT_FUZZ_SUMS_H

#include "../../native/core/count.h"
#include "input.h"

/* Every frame is of one kind on each layer, and of one size. */
static inline void check_sums(const u64 *of)
{
	u64 sized = 0, of_ip = of[SLOT_TCP] + of[SLOT_UDP] + of[SLOT_ICMP] + of[SLOT_ICMP6] + of[SLOT_OTHER_L4];

	for (u32 slot = SLOT_SIZES; slot <= SLOT_SIZES_LAST; slot++)
		sized += of[slot];
	must(of[SLOT_PKTS] == sized);
	must(of[SLOT_PKTS] == of[SLOT_ARP] + of[SLOT_IP] + of[SLOT_OTHER_L3]);
	must(of[SLOT_IP] == of[SLOT_IP4] + of[SLOT_IP6]);
	must(of[SLOT_IP_BYTES] == of[SLOT_IP4_BYTES] + of[SLOT_IP6_BYTES]);
	must(of[SLOT_IP] == of_ip + of[SLOT_FRAG_LATER]);
	must(of[SLOT_FRAG_LATER] <= of[SLOT_FRAG]);
	must(of[SLOT_OTHER_L3] >= of[SLOT_MALFORMED_IP4] + of[SLOT_MALFORMED_IP6] + of[SLOT_MALFORMED_ETH]);
	must(of[SLOT_BROADCAST] + of[SLOT_MULTICAST] <= of[SLOT_PKTS]);
	must(of[SLOT_SYN] == of[SLOT_SYN_ONLY] + of[SLOT_SYN_ACK]);
	must(of[SLOT_NULL_SCAN] + of[SLOT_SYN] <= of[SLOT_TCP]);
	must(of[SLOT_TCP_SHORT] <= of[SLOT_TCP] && of[SLOT_UDP_SHORT] <= of[SLOT_UDP]);
}

#endif
