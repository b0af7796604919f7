/* SPDX-License-Identifier: Apache-2.0 */
/* Capture files: the input is one. Read whole and in random pieces, it must come to the same. */
#include "../../native/addon/capture_file.h"
#include "sums.h"

#define BITS 8
#define SECOND_NS 1000000000ULL

static void open_file(struct capture_file *file)
{
	*file = (struct capture_file){.read = read_magic};
	must(!counting_init(&file->source.counting, 1, BITS, 7));
}

static void close_file(struct capture_file *file)
{
	free(file->ports);
	counting_free(&file->source.counting);
}

/* Hands over the first bytes alone, in memory of their own; returns how many were consumed. */
static u32 feed(struct capture_file *file, const u8 *from, u32 bytes)
{
	u8 *piece = copied(from, bytes);
	const u8 *at = file->read(file, piece, piece + bytes);
	u32 consumed = (u32)(at - piece);

	must(consumed <= bytes);
	if (file->stop == STOP_MORE)
		must(file->need > bytes - consumed && file->need <= RECORD_BYTES_MAX + 16);
	if (file->stop == STOP_BOUNDARY)
		must(file->boundary_ns >= file->until_ns);
	file->offset += consumed;
	free(piece);
	return consumed;
}

static void read_whole(struct capture_file *file, const u8 *data, u32 bytes)
{
	file->until_ns = ~0ULL;
	feed(file, data, bytes);
	must(file->stop != STOP_BOUNDARY);
}

/* As the reader in JavaScript does it: more bytes when more are wanted, windows that end now and then. */
static void read_pieces(struct capture_file *file, const u8 *data, u32 bytes, u64 random)
{
	u32 from = 0, to = 0;

	file->until_ns = random % SECOND_NS;
	for (;;) {
		from += feed(file, data + from, to - from);
		if (file->stop == STOP_DEFECT || (file->stop == STOP_MORE && to == bytes))
			return;
		random = mix64(random + 1);
		if (file->stop == STOP_BOUNDARY)
			file->until_ns = file->boundary_ns + 1 + random % (2 * SECOND_NS);
		else
			to += 1 + (u32)(random % (random >> 32 & 1 ? 16 : 512));
		to = to > bytes ? bytes : to;
	}
}

static void check_alike(const struct capture_file *a, const struct capture_file *b)
{
	const struct table *one = counting_table(&a->source.counting, 0);
	const struct table *other = counting_table(&b->source.counting, 0);

	must(a->stop == b->stop && a->offset == b->offset && a->latest_ns == b->latest_ns);
	if (a->stop == STOP_DEFECT)
		must(a->defect == b->defect && a->detail == b->detail);
	else
		must(a->need == b->need);
	must(one->last_ns == other->last_ns);
	must(!memcmp(one->slots, other->slots, sizeof(one->slots)));
	must(!memcmp(one->sketches, other->sketches, 2 * epoch_bytes(&a->source.counting.layout)));
	check_sums(one->slots);
	must(a->latest_ns >= one->last_ns);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct capture_file whole, pieces;
	u64 random = bytes;

	for (size_t i = 0; i < bytes; i++)
		random = mix64(random ^ data[i]);
	open_file(&whole);
	open_file(&pieces);
	read_whole(&whole, data, (u32)bytes);
	read_pieces(&pieces, data, (u32)bytes, random);
	check_alike(&whole, &pieces);
	close_file(&whole);
	close_file(&pieces);
	return 0;
}
