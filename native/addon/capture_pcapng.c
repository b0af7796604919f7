/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng files (draft-ietf-opsawg-pcapng): sections of blocks. A block tells its length at both ends: the first counts.
 */
#include "capture_file.h"

#define BLOCK_BYTES_MIN 12
#define SECTION_BYTES_MIN 28
#define PACKET_BYTES_MIN 32 /* of an Enhanced or old Packet Block */
#define SIMPLE_BYTES_MIN 16

#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_PORT 1
#define BLOCK_OLD_PACKET 2
#define BLOCK_SIMPLE_PACKET 3
#define BLOCK_PACKET 6

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

/* What a packet block holds, whichever kind it is. */
struct held {
	const struct port *port;
	const u8 *data;
	u32 bytes;
	u32 len;
	u64 ns;
};

static int set_defect(struct capture_file *file, enum defect defect, u32 detail)
{
	stop_at_defect(file, NULL, defect, detail);
	return -1;
}

/* A section has its own byte order and interfaces. */
static int begin_section(struct capture_file *file, const u8 *block)
{
	u32 magic = load32(block + 8, 0);

	if (magic != BYTE_ORDER_MAGIC && __builtin_bswap32(magic) != BYTE_ORDER_MAGIC)
		return set_defect(file, DEFECT_BYTE_ORDER, load_be32(block + 8));
	file->swapped = magic != BYTE_ORDER_MAGIC;
	file->port_count = 0;
	return 0;
}

static const struct port *find_port(struct capture_file *file, u32 number)
{
	if (number < file->port_count)
		return file->ports + number;
	set_defect(file, DEFECT_PORT, number);
	return NULL;
}

static int hold_packet(struct capture_file *file, const u8 *block, u32 block_bytes, int old, struct held *held)
{
	int swapped = file->swapped;

	if (block_bytes < PACKET_BYTES_MIN)
		return set_defect(file, DEFECT_BLOCK, block_bytes);
	held->port = find_port(file, old ? load16(block + 8, swapped) : load32(block + 8, swapped));
	if (!held->port)
		return -1;
	held->bytes = load32(block + 20, swapped);
	if (held->bytes > block_bytes - PACKET_BYTES_MIN)
		return set_defect(file, DEFECT_PACKET, held->bytes);
	held->len = load32(block + 24, swapped);
	held->data = block + 28;
	held->ns = port_ns(held->port, (u64)load32(block + 12, swapped) << 32 | load32(block + 16, swapped));
	return 0;
}

/* A Simple Packet Block carries no time: that of the packet before stands. */
static int hold_simple(struct capture_file *file, const u8 *block, u32 block_bytes, struct held *held)
{
	if (block_bytes < SIMPLE_BYTES_MIN)
		return set_defect(file, DEFECT_BLOCK, block_bytes);
	held->port = find_port(file, 0);
	if (!held->port)
		return -1;
	held->len = load32(block + 8, file->swapped);
	held->bytes = held->len;
	if (held->port->snaplen && held->bytes > held->port->snaplen)
		held->bytes = held->port->snaplen;
	if (held->bytes > block_bytes - SIMPLE_BYTES_MIN)
		held->bytes = block_bytes - SIMPLE_BYTES_MIN;
	held->data = block + 12;
	held->ns = file->last_ns;
	return 0;
}

/* 1: holds a packet; 0: anything else; -1: broken. */
static int open_block(struct capture_file *file, u32 type, const u8 *block, u32 bytes, struct held *held)
{
	switch (type) {
	case BLOCK_PACKET:
		return hold_packet(file, block, bytes, 0, held) ? -1 : 1;
	case BLOCK_OLD_PACKET:
		return hold_packet(file, block, bytes, 1, held) ? -1 : 1;
	case BLOCK_SIMPLE_PACKET:
		return hold_simple(file, block, bytes, held) ? -1 : 1;
	case BLOCK_PORT:
		return add_port(file, block, bytes);
	default:
		return 0;
	}
}

const u8 *read_blocks(struct capture_file *file, const u8 *at, const u8 *end)
{
	for (;;) {
		struct held held = {0};
		u32 type, bytes;
		int kind;

		if (end - at < BLOCK_BYTES_MIN)
			return stop_for_more(file, at, BLOCK_BYTES_MIN);
		type = load32(at, file->swapped);
		if (type == BLOCK_SECTION && begin_section(file, at))
			return at;
		bytes = load32(at + 4, file->swapped);
		if (bytes < (type == BLOCK_SECTION ? SECTION_BYTES_MIN : BLOCK_BYTES_MIN) || bytes % 4 ||
		    bytes > RECORD_BYTES_MAX)
			return stop_at_defect(file, at, DEFECT_BLOCK, bytes);
		if (end - at < bytes)
			return stop_for_more(file, at, bytes);
		kind = open_block(file, type, at, bytes, &held);
		if (kind < 0)
			return at;
		if (kind && held.ns >= file->until_ns)
			return stop_at_boundary(file, at, held.ns);
		if (kind)
			count_captured(file, held.port->link, held.data, held.bytes, held.len, held.ns);
		at += bytes;
	}
}
