/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of any link type: a byte for the link, one of flags, four numbers of two bytes, then the frame. It is counted
 * twice, over what two different packets left in memory: only what is in the frame may count.
 */
#include "../../native/addon/frame_batches.c"
#include "../../native/addon/link_layer.h"
#include "sums.h"

#define BITS 8
#define HEADER_BYTES 10
#define KEPT_FRAMES_MAX 100 /* a record each takes time */

enum flags { HIDDEN = 1, SEGMENTED = 2, UNSEEN = 4, APART = 8, DEEP = 16 };

struct frame {
	u32 link;
	u32 flags;
	u32 unseen; /* bytes on the wire beyond those in memory */
	u16 hidden;
	struct segmentation segmentation;
	u8 *data; /* of just so many bytes */
	u32 bytes;
};

static u32 hidden_bytes(const struct frame *frame)
{
	return frame->hidden ? 4 : 0;
}

static void parse(const struct frame *frame, struct packet *packet, u64 seed)
{
	const u8 *data = frame->data, *end = data + frame->bytes;
	u32 len = frame->bytes + (frame->flags & UNSEEN ? 0 : frame->unseen);

	if (frame->link != LINK_ETHERNET)
		parse_link(packet, frame->link, data, end, len, seed);
	else if (frame->flags & APART && frame->bytes >= ETHERNET_BYTES)
		parse_behind_ethernet(packet, data, data + ETHERNET_BYTES, end, frame->hidden, seed);
	else
		parse_ethernet(packet, data, end, len, frame->hidden, seed);
	if (frame->flags & UNSEEN)
		add_unseen(packet, frame->unseen);
}

/* What was found lies within the frame. */
static void check_packet(const struct frame *frame, const struct packet *packet)
{
	u32 layers = packet->layers, bytes = frame->bytes, at = packet->offset;
	u32 before =
		frame->flags & APART && frame->link == LINK_ETHERNET && bytes >= ETHERNET_BYTES ? ETHERNET_BYTES : 0;

	at += before;
	if (layers & HAS_ETH)
		must(frame->link == LINK_ETHERNET && bytes >= ETHERNET_BYTES);
	if (packet->pkt.malformed)
		must(packet->pkt.other_l3 && !(layers & ~(u32)HAS_ETH));
	if (layers & HAS_IP) {
		must(!(layers & HAS_IP4) != !(layers & HAS_IP6));
		must(packet->network - hidden_bytes(frame) + (layers & HAS_IP4 ? 20 : 40) <= bytes);
		must(packet->pkt.version == (layers & HAS_IP4 ? 4 : 6));
		must(packet->room < 0 || (u32)packet->room + at <= bytes);
	} else {
		must(!(layers & (HAS_TCP | HAS_UDP | HAS_ICMP4 | HAS_ICMP6 | HAS_PORTS)));
	}
	if (layers & HAS_PORTS)
		must(layers & (HAS_TCP | HAS_UDP) && at + 4 <= bytes);
	if (layers & HAS_TCP)
		must(packet->tcp.flags_known ? at + 14 <= bytes : !packet->tcp.flags);
	if (layers & (HAS_ICMP4 | HAS_ICMP6))
		must((!packet->icmp.type_known || at + 1 <= bytes) && (!packet->icmp.code_known || at + 2 <= bytes));
	if (packet->header_bytes)
		must(layers & HAS_PORTS && packet->header_bytes >= at + hidden_bytes(frame));
}

/* The same records; behind the bytes of a frame there may be anything up to a whole word. */
static int same_records(const struct batch *a, const struct batch *b)
{
	struct kept_frame kept;

	for (u32 at = 0; a->used == b->used && at < a->used; at += kept.bytes) {
		memcpy(&kept, a->memory + at, sizeof(kept));
		if (memcmp(a->memory + at, b->memory + at, sizeof(kept) + kept.captured))
			return 0;
	}
	return a->used == b->used;
}

static void check_kept(const struct frame_batches *batches, const struct packet *packet)
{
	u32 records = 0;

	for (u32 at = 0; at < batches->filling.used; records++) {
		struct kept_frame kept;

		memcpy(&kept, batches->filling.memory + at, sizeof(kept));
		must(kept.captured <= KEPT_BYTES_MAX && kept.bytes == sizeof(kept) + ((kept.captured + 7u) & ~7u));
		at += kept.bytes;
	}
	must(records == packet->frames && !batches->missed);
}

static void count(const struct frame *frame, u8 before, struct counting *counting, struct frame_batches *batches)
{
	struct table *table = counting_table(counting, 0);
	struct packet *packet = packet_of(table);
	u32 whole, headers;

	memset(table->scratch, before, sizeof(table->scratch));
	parse(frame, packet, counting->layout.seed);
	check_packet(frame, packet);
	whole = packet->pkt.len;
	headers = packet->header_bytes;
	if (headers < frame->segmentation.header_bytes)
		headers = frame->segmentation.header_bytes;
	if (frame->segmentation.segment_bytes)
		count_segmented(table, packet, &frame->segmentation);
	else
		count_sums(table, packet, 1);
	count_distinct(table, &counting->layout, packet);
	must(table->slots[SLOT_PKTS] == packet->frames);
	must(table->slots[SLOT_BYTES] == whole + (u64)(packet->frames - 1) * headers);
	check_sums(table->slots);
	if (packet->frames <= KEPT_FRAMES_MAX) {
		keep_frame(batches, packet, frame->data, frame->bytes, hidden_bytes(frame), 1);
		check_kept(batches, packet);
	}
}

static void read_frame(struct input *input, struct frame *frame)
{
	static const u32 links[] = {1, 0, 9, 12, 14, 50, 101, 104, 108, 113, 228, 229, 276, 999};

	frame->link = links[take(input, 1) % (sizeof(links) / sizeof(links[0]))];
	frame->flags = (u32)take(input, 1);
	frame->unseen = (u32)take(input, 2);
	frame->segmentation.segments = (u32)take(input, 2);
	frame->segmentation.segment_bytes = (u32)take(input, 2);
	frame->segmentation.header_bytes = frame->flags & DEEP ? frame->segmentation.segments & 0xff : 0;
	frame->hidden = VLAN_KNOWN | (take(input, 2) & 0xfff);
	if (!(frame->flags & HIDDEN) || frame->link != LINK_ETHERNET)
		frame->hidden = 0;
	if (!(frame->flags & SEGMENTED))
		frame->segmentation.segment_bytes = 0;
	frame->bytes = left(input);
	frame->data = copied(input->at, frame->bytes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct input input = {data, data + bytes};
	struct counting counting[2];
	struct frame_batches *batches[2];
	struct frame frame = {0};

	if (bytes < HEADER_BYTES)
		return 0;
	read_frame(&input, &frame);
	for (u32 i = 0; i < 2; i++) {
		batches[i] = calloc(1, sizeof(**batches));
		must(batches[i] && !counting_init(&counting[i], 1, BITS, 7));
		batches[i]->grows = 1;
		count(&frame, i ? 0xff : 0, &counting[i], batches[i]);
	}
	must(!memcmp(counting_table(&counting[0], 0)->slots, counting_table(&counting[1], 0)->slots,
		     sizeof(((struct table *)0)->slots)));
	must(!memcmp(counting_table(&counting[0], 0)->sketches, counting_table(&counting[1], 0)->sketches,
		     2 * epoch_bytes(&counting[0].layout)));
	must(same_records(&batches[0]->filling, &batches[1]->filling));
	for (u32 i = 0; i < 2; i++) {
		counting_free(&counting[i]);
		frame_batches_free(batches[i]);
	}
	free(frame.data);
	return 0;
}
