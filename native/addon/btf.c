/* SPDX-License-Identifier: Apache-2.0 */
#include "btf.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0xeb9f
#define HEADER_BYTES 24
#define TYPE_BYTES 12
#define MEMBER_BYTES 12
#define DEPTH_MAX 8      /* of unnamed parts, and of names for one type */
#define MEMBERS_MAX 4096 /* looked at for one member, so that parts within parts end */

enum kind {
	KIND_INT = 1,
	KIND_POINTER,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FORWARD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNCTION,
	KIND_FUNCTION_PROTOTYPE,
	KIND_VARIABLE,
	KIND_DATA_SECTION,
	KIND_FLOAT,
	KIND_DECLARATION_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
	KINDS,
};

static u32 word(const u8 *at)
{
	return LOAD(u32, at);
}

static u32 kind_of(const u8 *type)
{
	return word(type + 4) >> 24 & 0x1f;
}

static u32 entries_of(const u8 *type)
{
	return word(type + 4) & 0xffff;
}

/* Bytes behind a type's common part; none beyond 65,535 entries of 12 bytes. */
static u32 more_bytes(const u8 *type)
{
	switch (kind_of(type)) {
	case KIND_INT:
	case KIND_VARIABLE:
	case KIND_DECLARATION_TAG:
		return 4;
	case KIND_ARRAY:
		return 12;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATA_SECTION:
	case KIND_ENUM64:
		return 12 * entries_of(type);
	case KIND_ENUM:
	case KIND_FUNCTION_PROTOTYPE:
		return 8 * entries_of(type);
	default:
		return 0;
	}
}

/* Walks over the types and notes where each begins, as far as there is room; gives how many there are, or -1. */
static long walk(const struct btf *btf, u32 *offsets)
{
	u32 at = 0, count = 0;

	while (at < btf->types_bytes) {
		const u8 *type = btf->types + at;
		u32 left = btf->types_bytes - at;

		if (left < TYPE_BYTES || !kind_of(type) || kind_of(type) >= KINDS ||
		    left - TYPE_BYTES < more_bytes(type))
			return -1;
		if (offsets)
			offsets[count] = at;
		count++;
		at += TYPE_BYTES + more_bytes(type);
	}
	return count;
}

int btf_open(struct btf *btf, const u8 *bytes, size_t length)
{
	u32 header, types, strings;
	long count;

	memset(btf, 0, sizeof(*btf));
	if (length < HEADER_BYTES || length > 1u << 30 || LOAD(u16, bytes) != MAGIC)
		return -1;
	header = word(bytes + 4);
	types = word(bytes + 8);
	btf->types_bytes = word(bytes + 12);
	strings = word(bytes + 16);
	btf->strings_bytes = word(bytes + 20);
	if (header < HEADER_BYTES || header > length || types > length - header ||
	    btf->types_bytes > length - header - types || strings > length - header || !btf->strings_bytes ||
	    btf->strings_bytes > length - header - strings)
		return -1;
	btf->types = bytes + header + types;
	btf->strings = (const char *)bytes + header + strings;
	if (btf->strings[btf->strings_bytes - 1])
		return -1;
	count = walk(btf, NULL);
	if (count <= 0)
		return -1;
	btf->offsets = malloc((size_t)count * sizeof(u32));
	if (!btf->offsets)
		return -1;
	walk(btf, btf->offsets);
	btf->count = (u32)count;
	return 0;
}

void btf_close(struct btf *btf)
{
	free(btf->offsets);
	btf->offsets = NULL;
}

static const u8 *type_at(const struct btf *btf, u32 number)
{
	return number && number <= btf->count ? btf->types + btf->offsets[number - 1] : NULL;
}

static const char *text_at(const struct btf *btf, u32 offset)
{
	return offset < btf->strings_bytes ? btf->strings + offset : "";
}

static u32 find(const struct btf *btf, u32 kind, const char *name)
{
	for (u32 number = 1; number <= btf->count; number++) {
		const u8 *type = type_at(btf, number);

		if (kind_of(type) == kind && entries_of(type) && !strcmp(text_at(btf, word(type)), name))
			return number;
	}
	return 0;
}

u32 btf_enum(const struct btf *btf, const char *name)
{
	return find(btf, KIND_ENUM, name);
}

const char *btf_enum_value(const struct btf *btf, u32 type, u32 i, u32 *value)
{
	const u8 *at = type_at(btf, type);

	if (!at || kind_of(at) != KIND_ENUM || i >= entries_of(at))
		return NULL;
	at += TYPE_BYTES + 8 * i;
	*value = word(at + 4);
	return text_at(btf, word(at));
}

/* Follows typedefs and qualifiers to a struct or union; NULL: there is none. */
static const u8 *resolved(const struct btf *btf, u32 number)
{
	for (u32 depth = 0; depth < DEPTH_MAX; depth++) {
		const u8 *type = type_at(btf, number);
		u32 kind = type ? kind_of(type) : 0;

		if (kind == KIND_STRUCT || kind == KIND_UNION)
			return type;
		if (kind != KIND_TYPEDEF && kind != KIND_CONST && kind != KIND_VOLATILE && kind != KIND_TYPE_TAG)
			return NULL;
		number = word(type + 8);
	}
	return NULL;
}

struct search {
	const struct btf *btf;
	const char *name;
	size_t name_bytes;
	u32 left; /* members that may still be looked at */
};

/* Finds a member, in unnamed parts too; its byte and type, or -1. */
static long search_member(struct search *search, const u8 *type, u32 depth, u32 *found)
{
	u32 packed = word(type + 4) >> 31; /* the upper byte of an offset is then a bit field's width */

	for (u32 i = 0; i < entries_of(type) && search->left; i++) {
		const u8 *member = type + TYPE_BYTES + MEMBER_BYTES * i;
		const char *name = text_at(search->btf, word(member));
		u32 bits = packed ? word(member + 8) & 0xffffff : word(member + 8);
		const u8 *part;
		long inside;

		search->left--;
		if (!strncmp(name, search->name, search->name_bytes) && !name[search->name_bytes]) {
			*found = word(member + 4);
			return (long)(bits / 8);
		}
		part = *name || depth >= DEPTH_MAX ? NULL : resolved(search->btf, word(member + 4));
		inside = part ? search_member(search, part, depth + 1, found) : -1;
		if (inside >= 0)
			return (long)(bits / 8) + inside;
	}
	return -1;
}

long btf_member(const struct btf *btf, const char *structure, const char *path)
{
	u32 number = find(btf, KIND_STRUCT, structure);
	long offset = 0;

	for (;;) {
		struct search search = {btf, path, strcspn(path, "."), MEMBERS_MAX};
		const u8 *type = resolved(btf, number);
		long member = type ? search_member(&search, type, 0, &number) : -1;

		if (member < 0)
			return -1;
		offset += member;
		if (!path[search.name_bytes])
			return offset;
		path += search.name_bytes + 1;
	}
}
