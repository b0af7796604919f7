/* SPDX-License-Identifier: Apache-2.0 */
#include "frame_batches.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../core/count.h"
#include "source.h"

#define FIRST_GROWN (1u << 16)

/* One frame; src/plugins/record.ts reads it. The captured bytes follow, padded to whole words. */
struct kept_frame {
	u64 ns;
	struct address source; /* of IP; an IPv4 address as ::ffff:0:0/96 */
	struct address destination;
	u32 bytes; /* of the record */
	u32 layers;
	u32 wire;
	u32 ip_len;
	u16 captured;
	u16 network; /* where the headers begin in the captured bytes */
	u16 transport;
	u16 ethertype;
	u16 vlan; /* VLAN_KNOWN and the VLAN; 0: none */
	u16 source_port;
	u16 destination_port;
	u8 tags;
	u8 marks;
	u8 ttl;
	u8 protocol;
	u8 tcp_flags;
	u8 icmp_type;
	u8 icmp_code;
	u8 known;
	u8 padding[2];
};

_Static_assert(sizeof(struct kept_frame) == 80, "src/plugins/record.ts knows the offsets");

enum marks { BROADCAST = 1, MULTICAST = 2, MALFORMED = 4, FRAGMENT = 8, LATER = 16 };
enum known { PORTS = 1, FLAGS = 2, TYPE = 4, CODE = 8 };

struct batch {
	u8 *memory;
	u32 used;
	u32 room;
};

struct frame_batches {
	struct batch filling;
	struct batch taken;
	u32 layers; /* any of these; 0: all packets */
	int grows;
	u64 missed;
};

static int make_room(struct frame_batches *batches, u32 bytes)
{
	struct batch *batch = &batches->filling;
	u32 room = batch->room ? batch->room : FIRST_GROWN;
	u8 *memory;

	if (batch->room - batch->used >= bytes)
		return 0;
	if (!batches->grows)
		return -1;
	while (room - batch->used < bytes) {
		if (room > 1u << 30)
			return -1;
		room *= 2;
	}
	memory = realloc(batch->memory, room);
	if (!memory)
		return -1;
	batch->memory = memory;
	batch->room = room;
	return 0;
}

static struct kept_frame describe(const struct packet *packet, u32 captured, u32 hidden, u64 ns)
{
	const u32 transports = HAS_TCP | HAS_UDP | HAS_ICMP4 | HAS_ICMP6;
	const struct pkt_layer *pkt = &packet->pkt;
	u32 layers = packet->layers;
	struct kept_frame kept = {
		.ns = ns,
		.layers = layers,
		.wire = pkt->len,
		.captured = (u16)captured,
		.network = (u16)(packet->network - hidden),
		.ethertype = pkt->ethertype,
		.vlan = pkt->vlan,
		.tags = pkt->tags,
		.marks = (u8)((pkt->broadcast ? BROADCAST : 0) | (pkt->multicast ? MULTICAST : 0) |
			      (pkt->malformed ? MALFORMED : 0)),
	};

	if (pkt->malformed)
		kept.network = (u16)captured;
	if (layers & HAS_IP) {
		kept.source = packet->ip.source;
		kept.destination = packet->ip.destination;
		kept.ip_len = packet->ip.len;
		kept.ttl = packet->ip.ttl;
		kept.protocol = packet->ip.protocol;
		kept.marks |= (u8)((packet->ip.fragment ? FRAGMENT : 0) | (packet->ip.later ? LATER : 0));
	}
	if (layers & transports)
		kept.transport = (u16)packet->offset;
	if (layers & HAS_PORTS) {
		kept.source_port = packet->l4.source;
		kept.destination_port = packet->l4.destination;
		kept.known |= PORTS;
	}
	if (layers & HAS_TCP && packet->tcp.flags_known) {
		kept.tcp_flags = packet->tcp.flags;
		kept.known |= FLAGS;
	}
	if (layers & (HAS_ICMP4 | HAS_ICMP6) && packet->icmp.type_known) {
		kept.icmp_type = packet->icmp.type;
		kept.known |= TYPE;
	}
	if (layers & (HAS_ICMP4 | HAS_ICMP6) && packet->icmp.code_known) {
		kept.icmp_code = packet->icmp.code;
		kept.known |= CODE;
	}
	return kept;
}

static void append(struct frame_batches *batches, struct kept_frame *kept, const u8 *data)
{
	struct batch *batch = &batches->filling;
	u8 *at;

	kept->bytes = (u32)sizeof(*kept) + ((kept->captured + 7u) & ~7u);
	if (make_room(batches, kept->bytes)) {
		batches->missed++;
		return;
	}
	at = batch->memory + batch->used;
	memcpy(at, kept, sizeof(*kept));
	memcpy(at + sizeof(*kept), data, kept->captured);
	batch->used += kept->bytes;
}

void keep_frame(struct frame_batches *batches, const struct packet *packet, const u8 *data, u32 captured, u32 hidden,
		u64 ns)
{
	struct kept_frame last, full;

	if (batches->layers && !(packet->layers & batches->layers))
		return;
	last = describe(packet, captured < KEPT_BYTES_MAX ? captured : KEPT_BYTES_MAX, hidden, ns);
	full = last;
	full.wire = packet->full_bytes;
	if (packet->layers & HAS_IP)
		full.ip_len = packet->full_bytes - packet->network;
	full.tcp_flags &= (u8)~LAST_FLAGS;
	for (u32 i = 1; i < packet->frames; i++)
		append(batches, &full, data);
	append(batches, &last, data);
}

void frame_batches_free(struct frame_batches *batches)
{
	if (!batches)
		return;
	free(batches->filling.memory);
	free(batches->taken.memory);
	free(batches);
}

/* keepFrames(source, bytes, layers): keeps packets of any of these layers; 0 bytes: as much as there is */
static napi_value keep_frames(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct frame_batches *batches;
	struct failure failure = {0};
	struct source *source;
	u32 bytes, layers;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	if (!source)
		return NULL;
	if (source->loaded || source->batches) {
		napi_throw_type_error(env, NULL, "frames are kept once, of a source in user space");
		return NULL;
	}
	bytes = get_u32(env, arguments[1]);
	layers = get_u32(env, arguments[2]);
	if (has_failed(env))
		return NULL;
	batches = calloc(1, sizeof(*batches));
	if (batches && bytes) {
		batches->filling = (struct batch){.memory = malloc(bytes), .room = bytes};
		batches->taken = (struct batch){.memory = malloc(bytes), .room = bytes};
	}
	if (!batches || (bytes && (!batches->filling.memory || !batches->taken.memory))) {
		frame_batches_free(batches);
		fail(&failure, "malloc", ENOMEM);
		return throw_failure(env, &failure);
	}
	batches->grows = !bytes;
	batches->layers = layers;
	hold_packets(source);
	source->batches = batches;
	let_packets(source);
	return undefined(env);
}

/*
 * takeFrames(source, into, missed): copies the records since the last call and gives their length; one that exceeds
 * `into` is to be asked for again, with more room. Writes how many frames did not fit so far.
 */
static napi_value take_frames(napi_env env, napi_callback_info info)
{
	napi_value arguments[ARGUMENTS_MAX];
	struct source *source;
	u64 *missed;
	size_t room = 0;
	u32 used;
	u8 *into;

	get_arguments(env, info, arguments);
	source = get_source(env, arguments[0]);
	into = get_bytes(env, arguments[1], &room);
	missed = get_room(env, arguments[2], 1);
	if (!source || !missed)
		return NULL;
	if (!source->batches)
		return make_u32(env, 0);
	hold_packets(source);
	used = source->batches->filling.used;
	if (used && used <= room) {
		struct batch taken = source->batches->taken;

		source->batches->taken = source->batches->filling;
		source->batches->filling = taken;
		source->batches->filling.used = 0;
	}
	*missed = source->batches->missed;
	let_packets(source);
	if (used && used <= room)
		memcpy(into, source->batches->taken.memory, used);
	return make_u32(env, used);
}

void init_frame_batches(napi_env env, napi_value exports)
{
	set_function(env, exports, "keepFrames", keep_frames);
	set_function(env, exports, "takeFrames", take_frames);
}
