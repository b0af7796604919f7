/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_file.h"

#define PCAP_MICROSECONDS 0xa1b2c3d4u
#define PCAP_NANOSECONDS 0xa1b23c4du
#define PCAPNG_SECTION 0x0a0d0d0au

static int is_pcap(u32 magic)
{
	return magic == PCAP_MICROSECONDS || magic == PCAP_NANOSECONDS;
}

const u8 *read_magic(struct capture_file *file, const u8 *at, const u8 *end)
{
	u32 magic;

	if (end - at < 4)
		return stop_for_more(file, at, 4);
	magic = load32(at, 0);
	file->swapped = is_pcap(__builtin_bswap32(magic));
	magic = load32(at, file->swapped);
	file->fraction_ns = magic == PCAP_NANOSECONDS ? 1 : 1000;
	if (is_pcap(magic))
		file->read = read_pcap_header;
	else if (magic == PCAPNG_SECTION)
		file->read = read_blocks;
	else
		return stop_at_defect(file, at, DEFECT_MAGIC, load_be32(at));
	return file->read(file, at, end);
}
