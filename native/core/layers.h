/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the parser finds in a frame: one layer a header, in host order. `layers` says which are there; the others hold
 * what an earlier packet left and are never read.
 */
#ifndef PKTSPOT_LAYERS_H
#define PKTSPOT_LAYERS_H

#include "hash.h"
#include "types.h"

#define PROTOCOL_ICMP4 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMP6 58

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20
#define TCP_ECE 0x40
#define TCP_CWR 0x80

enum layers {
	HAS_ARP = 1 << 0,
	HAS_IP = 1 << 1,
	HAS_IP4 = 1 << 2, /* well-formed or not */
	HAS_IP6 = 1 << 3,
	HAS_ICMP4 = 1 << 4,
	HAS_ICMP6 = 1 << 5,
	HAS_TCP = 1 << 6,
	HAS_UDP = 1 << 7,
	HAS_ETH = 1 << 8,   /* Ethernet addresses */
	HAS_PORTS = 1 << 9, /* TCP's or UDP's */
};

struct pkt_layer {
	u32 len; /* bytes on the wire without FCS */
	u8 tags; /* VLAN tags */
	u8 broadcast;
	u8 multicast;
	u8 malformed;  /* shorter than its link header */
	u8 other_l3;   /* neither ARP, IPv4 nor IPv6 */
	u8 version;    /* of IP; 0: no IP */
	u16 ethertype; /* after VLAN tags */
	u16 vlan;      /* VLAN_KNOWN and the outermost tag's VLAN; 0: none */
};

#define VLAN_KNOWN 0x1000

/* The addresses as they lie in the frame, each with two bytes of the other at its end or start. */
struct eth_layer {
	u64 destination; /* bytes 0 to 7 of the frame */
	u64 source;      /* bytes 4 to 11 */
};

struct arp_layer {}; /* ARP counts by EtherType, whatever its content */

struct ip_layer {
	struct address source;
	struct address destination;
	u64 source_hash;
	u64 destination_hash;
	u64 flow_word; /* protocol and ports, spread */
	u64 flow_hash; /* directional 5-tuple */
	u32 len;
	u8 unsized; /* the header says no length: all that is held */
	u8 ttl;     /* or hop limit */
	u8 protocol;
	u8 fragment;
	u8 later; /* a fragment after the first: no transport header */
	u8 other_l4;
};

struct ip4_layer {
	u32 len;
	u8 malformed;
};

struct ip6_layer {
	u32 len;
	u8 malformed;
};

struct icmp_layer {
	u8 version;
	u8 type_known;
	u8 type;
	u8 code_known;
	u8 code;
	u8 cut;
};

#define icmp4_layer icmp_layer
#define icmp6_layer icmp_layer

struct tcp_layer {
	u16 source;
	u16 destination;
	u8 ports_known;
	u8 flags_known;
	u8 flags;
	u8 cut;
};

struct udp_layer {
	u16 source;
	u16 destination;
	u8 ports_known;
	u8 cut;
};

/* What TCP and UDP have in common; there with HAS_PORTS. */
struct l4_layer {
	u16 source;
	u16 destination;
	u8 flags; /* TCP's, 0 when not known */
};

#define MATCHES 256

struct packet {
	u32 layers;
	u32 header_bytes; /* frame start to the end of the TCP or UDP header; 0 when unknown */
	u32 offset;       /* of the header to be parsed next, from the frame's start */
	u32 network;      /* offset of the network header on the wire */
	s32 room;         /* bytes from there to the end of the capture or of the IP packet */
	u32 frames;       /* on the wire: more than one of a super-packet, whose last one the layers describe */
	u32 full_bytes;   /* length of each but the last */
	struct pkt_layer pkt;
	struct eth_layer eth;
	struct arp_layer arp;
	struct ip_layer ip;
	struct ip4_layer ip4;
	struct ip6_layer ip6;
	struct icmp_layer icmp;
	struct tcp_layer tcp;
	struct udp_layer udp;
	struct l4_layer l4;
	u64 matches[MATCHES / 64]; /* filters that the packet passes; written by the filters alone */
};

#endif
