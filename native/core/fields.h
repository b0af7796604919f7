/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields of a packet that keys are made of. Each line of keys/ sees its own layer and nothing else. */
#ifndef PKTSPOT_FIELDS_H
#define PKTSPOT_FIELDS_H

#include "packet.h"

enum field {
#define KEY(name, text, layer, bits, help, known, ...) FIELD_##name,
#include "../gen/keys.h"
#undef KEY
	FIELDS
};

/* Layers that a packet must have one of; 0: every packet has it. */
#define LAYERS_OF_pkt 0
#define LAYERS_OF_eth HAS_ETH
#define LAYERS_OF_ip HAS_IP
#define LAYERS_OF_l4 HAS_PORTS
#define LAYERS_OF_tcp HAS_TCP
#define LAYERS_OF_icmp (HAS_ICMP4 | HAS_ICMP6)

/* A SYN goes to the server, its answer comes from there; servers' ports are mostly the lower ones. */
static __always_inline u16 server_port(const struct l4_layer *l4)
{
	u8 handshake = l4->flags & (TCP_SYN | TCP_ACK);

	if (handshake == TCP_SYN)
		return l4->destination;
	if (handshake == (TCP_SYN | TCP_ACK))
		return l4->source;
	return l4->source < l4->destination ? l4->source : l4->destination;
}

/* Fields of 128 and 48 bits: two words or one. A packet that has the layer has them. */
#define WIDE(name, type, layer, ...)                                                 \
	static __always_inline type key_of_##name(const struct layer##_layer *layer) \
	{                                                                            \
		return __VA_ARGS__;                                                  \
	}
/* The others: a number, -1 when the packet does not have it. */
#define NARROW(name, layer, known, ...)                                             \
	static __always_inline int key_of_##name(const struct layer##_layer *layer) \
	{                                                                           \
		return (known) ? (u16)(__VA_ARGS__) : -1;                           \
	}
#define KEY_128(name, layer, known, ...) WIDE(name, struct address, layer, __VA_ARGS__)
#define KEY_48(name, layer, known, ...) WIDE(name, u64, layer, __VA_ARGS__)
#define KEY_16 NARROW
#define KEY_8 NARROW
#define KEY(name, text, layer, bits, help, known, ...) KEY_##bits(name, layer, known, __VA_ARGS__)
#include "../gen/keys.h"
#undef KEY_128
#undef KEY_48
#undef KEY_16
#undef KEY_8

static __always_inline int has_layer(const struct packet *packet, u32 layers)
{
	return !layers || packet->layers & layers;
}

/* Values of narrow fields, by field; -1 where the packet does not have it. Only those that are wanted are there. */
struct values {
	long long of[FIELDS];
};

#define KEY_128(name, layer)
#define KEY_48(name, layer)
#define KEY_16(name, layer)              \
	if (wanted & 1u << FIELD_##name) \
		values->of[FIELD_##name] = has_layer(packet, LAYERS_OF_##layer) ? key_of_##name(&packet->layer) : -1;
#define KEY_8 KEY_16
#undef KEY
#define KEY(name, text, layer, bits, help, known, ...) KEY_##bits(name, layer)

static __always_inline void narrow_values(struct values *values, const struct packet *packet, u32 wanted)
{
#include "../gen/keys.h"
}
#undef KEY_128
#undef KEY_48
#undef KEY_16
#undef KEY_8

/* A word of a wide field that the packet has: of an address the first or the second, of a MAC address the only one. */
static __always_inline u64 wide_word(const struct packet *packet, u32 field, u32 second)
{
	switch (field) {
#define KEY_128(name, layer) \
	case FIELD_##name:   \
		return second ? key_of_##name(&packet->layer).low : key_of_##name(&packet->layer).high;
#define KEY_48(name, layer) \
	case FIELD_##name:  \
		return key_of_##name(&packet->layer);
#define KEY_16(name, layer)
#define KEY_8(name, layer)
#include "../gen/keys.h"
#undef KEY_128
#undef KEY_48
#undef KEY_16
#undef KEY_8
#undef KEY
	}
	return 0;
}

#endif
