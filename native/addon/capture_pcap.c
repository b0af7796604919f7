/* SPDX-License-Identifier: Apache-2.0 */
/* pcap files (draft-ietf-opsawg-pcap): a header, then records of a 16-byte header and the packet. */
#include "capture_file.h"

#define FILE_HEADER_BYTES 24
#define RECORD_HEADER_BYTES 16

static __always_inline const u8 *read_records(struct capture_file *file, const u8 *at, const u8 *end, int swapped)
{
	u64 until = file->until_ns, fraction_ns = file->fraction_ns;
	u32 link = file->link;

	for (;;) {
		u32 bytes, len;
		u64 ns;

		if (end - at < RECORD_HEADER_BYTES)
			return stop_for_more(file, at, RECORD_HEADER_BYTES);
		bytes = load32(at + 8, swapped);
		len = load32(at + 12, swapped);
		if (file->old && bytes > len) { /* old writers had the two lengths the other way round */
			len = bytes;
			bytes = load32(at + 12, swapped);
		}
		if (bytes > RECORD_BYTES_MAX)
			return stop_at_defect(file, at, DEFECT_RECORD, bytes);
		if (end - at - RECORD_HEADER_BYTES < bytes)
			return stop_for_more(file, at, RECORD_HEADER_BYTES + bytes);
		ns = load32(at, swapped) * 1000000000ULL + load32(at + 4, swapped) * fraction_ns;
		if (ns >= until)
			return stop_at_boundary(file, at, ns);
		count_captured(file, link, at + RECORD_HEADER_BYTES, bytes, len, ns);
		at += RECORD_HEADER_BYTES + bytes;
	}
}

static const u8 *read_own_order(struct capture_file *file, const u8 *at, const u8 *end)
{
	return read_records(file, at, end, 0);
}

static const u8 *read_other_order(struct capture_file *file, const u8 *at, const u8 *end)
{
	return read_records(file, at, end, 1);
}

const u8 *read_pcap_header(struct capture_file *file, const u8 *at, const u8 *end)
{
	if (end - at < FILE_HEADER_BYTES)
		return stop_for_more(file, at, FILE_HEADER_BYTES);
	file->old = load16(at + 4, file->swapped) == 2 && load16(at + 6, file->swapped) <= 3;
	file->link = load32(at + 20, file->swapped) & 0xffff; /* above: the length of the FCS, if there is one */
	file->read = file->swapped ? read_other_order : read_own_order;
	return file->read(file, at + FILE_HEADER_BYTES, end);
}
