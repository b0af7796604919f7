/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture file that JavaScript reads and hands over piece by piece. A piece begins where the one before was
 * consumed to; whole records are counted, and nothing of a piece is kept but what was counted.
 */
#ifndef PKTSPOT_CAPTURE_FILE_H
#define PKTSPOT_CAPTURE_FILE_H

#include "source.h"

#define RECORD_BYTES_MAX (16u << 20)

enum stop {
	STOP_MORE,     /* all whole records are counted; the next one needs `need` bytes */
	STOP_BOUNDARY, /* the next packet belongs to a later window */
	STOP_DEFECT,   /* the file is broken here: nothing behind can be trusted */
};

enum defect {
	DEFECT_EMPTY,      /* detail: bytes in the file, too few to tell its format */
	DEFECT_MAGIC,      /* detail: the first four bytes */
	DEFECT_CUT,        /* detail: bytes that the record needs */
	DEFECT_RECORD,     /* detail: captured length */
	DEFECT_BYTE_ORDER, /* detail: the magic */
	DEFECT_BLOCK,      /* detail: block length */
	DEFECT_PACKET,     /* detail: captured length that its block cannot hold */
	DEFECT_PORT,       /* detail: number of an interface that was not described */
	DEFECT_PORTS,      /* detail: most interfaces of a section */
};

/* An interface that packets of a pcapng file were captured on. */
struct port {
	u32 link;
	u32 snaplen;
	u64 multiply; /* nanoseconds are ticks * multiply >> shift / divide + offset_ns */
	u64 divide;
	u32 shift;
	long long offset_ns;
};

struct capture_file {
	struct source source;
	/* Counts the records of [at, end) until one of the stops; returns where it stopped. */
	const u8 *(*read)(struct capture_file *file, const u8 *at, const u8 *end);
	u64 offset; /* in the file, of the next piece */
	u64 packets;
	u64 until_ns;    /* end of the window */
	u64 boundary_ns; /* time of the packet that lies beyond */
	u64 latest_ns;   /* greatest time of a counted packet */
	u64 last_ns;     /* time of the last one */

	enum stop stop;
	u32 need;
	enum defect defect;
	u32 detail;

	u32 reach; /* bytes of a packet that filters look at */

	u32 link; /* pcap */
	u32 fraction_ns;
	u32 old; /* version 2.3 or before */

	int swapped; /* pcapng: byte order of the section */
	struct port *ports;
	u32 port_count;
	u32 port_room;
};

static inline const u8 *stop_for_more(struct capture_file *file, const u8 *at, u32 need)
{
	file->stop = STOP_MORE;
	file->need = need;
	return at;
}

static inline const u8 *stop_at_boundary(struct capture_file *file, const u8 *at, u64 ns)
{
	file->stop = STOP_BOUNDARY;
	file->boundary_ns = ns;
	return at;
}

static inline const u8 *stop_at_defect(struct capture_file *file, const u8 *at, enum defect defect, u32 detail)
{
	file->stop = STOP_DEFECT;
	file->defect = defect;
	file->detail = detail;
	return at;
}

/* A number in the machine's order, or in the other one. */
static __always_inline u32 load32(const u8 *at, int swapped)
{
	u32 value;

	__builtin_memcpy(&value, at, sizeof(value));
	return swapped ? __builtin_bswap32(value) : value;
}

static __always_inline u16 load16(const u8 *at, int swapped)
{
	u16 value;

	__builtin_memcpy(&value, at, sizeof(value));
	return swapped ? __builtin_bswap16(value) : value;
}

static __always_inline u64 load64(const u8 *at, int swapped)
{
	u64 value;

	__builtin_memcpy(&value, at, sizeof(value));
	return swapped ? __builtin_bswap64(value) : value;
}

/* Tells the format by the first bytes, then leaves `read` to it. */
const u8 *read_magic(struct capture_file *file, const u8 *at, const u8 *end);
const u8 *read_pcap_header(struct capture_file *file, const u8 *at, const u8 *end);
const u8 *read_blocks(struct capture_file *file, const u8 *at, const u8 *end);

/* Adds the interface of an Interface Description Block; 0, or the defect that stops the file is set. */
int add_port(struct capture_file *file, const u8 *block, u32 bytes);
u64 port_ns(const struct port *port, u64 ticks);

/* Counts one packet; `bytes` of it were captured, `len` were on the wire. */
void count_captured(struct capture_file *file, u32 link, const u8 *data, u32 bytes, u32 len, u64 ns);

#endif
