/* SPDX-License-Identifier: Apache-2.0 */
#include "link_layer.h"

#define LINK_NULL 0
#define LINK_PPP 9
#define LINK_RAW_BSD 12
#define LINK_RAW_OPENBSD 14
#define LINK_PPP_SERIAL 50
#define LINK_RAW 101
#define LINK_CISCO_HDLC 104
#define LINK_LOOP 108
#define LINK_SLL 113
#define LINK_IP4 228
#define LINK_IP6 229
#define LINK_SLL2 276

#define SLL_BROADCAST 1
#define SLL_MULTICAST 2

#define TYPE_UNKNOWN 0

/* Where the network layer begins and what it is. */
struct payload {
	u32 header; /* bytes of the link header */
	u16 ethertype;
};

/* BSD loopback: the address family, in either byte order; AF_INET6 differs by system. */
static struct payload loopback(const u8 *data, const u8 *end)
{
	u32 family = data + 4 <= end ? load_be32(data) : 0;
	u16 ethertype = TYPE_UNKNOWN;

	if (family > 0xffff)
		family = __builtin_bswap32(family);
	if (family == 2)
		ethertype = ETHERTYPE_IP4;
	else if (family == 10 || family == 24 || family == 28 || family == 30)
		ethertype = ETHERTYPE_IP6;
	return (struct payload){4, ethertype};
}

static struct payload cisco_hdlc(const u8 *data, const u8 *end)
{
	return (struct payload){4, data + 4 <= end ? load_be16(data + 2) : TYPE_UNKNOWN};
}

/* RFC 1661 and 1662: address and control may be left out, and the protocol number be one (odd) byte. */
static struct payload ppp(const u8 *data, const u8 *end)
{
	u32 framing = data < end && data[0] == 0xff ? 2 : 0;
	const u8 *at = data + framing;
	u32 bytes = at < end && at[0] & 1 ? 1 : 2;
	u32 protocol = 0;

	if (at + bytes <= end)
		protocol = bytes == 1 ? at[0] : load_be16(at);
	return (struct payload){framing + bytes, protocol == 0x21   ? ETHERTYPE_IP4
						 : protocol == 0x57 ? ETHERTYPE_IP6
								    : TYPE_UNKNOWN};
}

/* RFC 1547, 4.3.1: Cisco's framing begins with the address 0F (unicast) or 8F (broadcast). */
static struct payload serial(const u8 *data, const u8 *end)
{
	return data < end && (data[0] == 0x0f || data[0] == 0x8f) ? cisco_hdlc(data, end) : ppp(data, end);
}

static struct payload cooked(struct pkt_layer *pkt, const u8 *data, const u8 *end, u32 header, u32 type_at,
			     u32 protocol_at)
{
	if (data + header > end)
		return (struct payload){header, TYPE_UNKNOWN};
	pkt->broadcast = data[type_at] == SLL_BROADCAST;
	pkt->multicast = data[type_at] == SLL_MULTICAST;
	return (struct payload){header, load_be16(data + protocol_at)};
}

void parse_link(struct packet *packet, u32 link, const u8 *data, const u8 *end, u32 len, u64 seed)
{
	struct pkt_layer *pkt = &packet->pkt;
	struct payload payload = {0, TYPE_UNKNOWN};

	begin_packet(packet, len);
	switch (link) {
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
		parse_raw(packet, data, end, len, seed);
		return;
	case LINK_NULL:
	case LINK_LOOP:
		payload = loopback(data, end);
		break;
	case LINK_PPP:
		payload = ppp(data, end);
		break;
	case LINK_PPP_SERIAL:
		payload = serial(data, end);
		break;
	case LINK_CISCO_HDLC:
		payload = cisco_hdlc(data, end);
		break;
	case LINK_SLL:
		payload = cooked(pkt, data, end, 16, 1, 14);
		break;
	case LINK_SLL2:
		payload = cooked(pkt, data, end, 20, 10, 0);
		break;
	case LINK_IP4:
		payload.ethertype = ETHERTYPE_IP4;
		break;
	case LINK_IP6:
		payload.ethertype = ETHERTYPE_IP6;
		break;
	}
	if (data + payload.header > end)
		parse_runt(packet);
	else
		parse_ethertype(packet, data, end, payload.ethertype, payload.header, seed);
}
