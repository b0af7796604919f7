/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How one group counts. Its memory is one block of cells a CPU (or table) and one block of keys for all: user space
 * writes the keys, packets write the cells.
 *
 *   cells: struct group_head · rows (other, then one a slot) · two epochs of extremes, of sketches · candidates
 * (cache.h) keys:  classes (a byte a value) · index · words of each slot's key
 */
#ifndef PKTSPOT_GROUP_SPEC_H
#define PKTSPOT_GROUP_SPEC_H

#include "layers.h"

#define KEY_WORDS_MAX 5
#define KEY_FIELDS_MAX 5
#define ADDS_MAX 8
#define EXTREMES_MAX 8
#define UNIQUES_MAX 2
#define SLOTS_MAX 4096
#define CLASSES 256
#define CLASS_OTHER 255
#define NO_FIELD 0xffffffffu
#define NO_FILTER 0xffffffffu
#define PLACEHOLDER 0x5bec0000u /* and the member's offset: no other number of the program lies there */

/* What a cell takes from a packet; greater numbers: a narrow field. */
enum cell { CELL_FRAMES, CELL_BYTES, CELL_FIELDS };

enum keep { KEEP_MAX, KEEP_MIN, KEEP_LAST };

enum key_kind { KEY_FIELDS, KEY_CLASS, KEY_RULE };

/* Where a word of the key comes from; greater numbers: a wide field's word, field * 2 + second. */
enum word { WORD_NARROW, WORD_NARROW_FIFTH, WORD_WIDE };

/* An index bucket is one cache line. */
#define BUCKET_WAYS 8
/* Tags begin above: an entry of a bucket is 0 when no key follows in it, and ENTRY_LEFT when its key has gone. */
#define TAG_MIN 2u
#define ENTRY_LEFT 1ULL

struct group_spec {
	u64 seed;
	u64 prefix4; /* masks of the words of addresses */
	u64 prefix6[2];
	u64 rules[MATCHES / 64];
	u32 first_rule;
	u32 layers; /* all of them */
	u32 filter;
	u32 kind;
	u32 need[2]; /* of each of them one layer: what the wide fields need; 0: nothing */
	u32 words;
	u32 word[KEY_WORDS_MAX];
	u32 narrow[KEY_FIELDS_MAX]; /* NO_FIELD from the last on */
	u32 wanted;                 /* bits of all narrow fields that are looked at */
	u32 masked;                 /* addresses are cut to a prefix */
	u32 adds;
	u32 add[ADDS_MAX];
	u32 extremes;
	u32 extreme[EXTREMES_MAX];
	u32 keep[EXTREMES_MAX];
	u32 uniques;
	u32 unique[UNIQUES_MAX];
	u32 unique_wide[UNIQUES_MAX]; /* words of the field; 0: narrow */
	u32 unique_bits;
	u32 rank;
	u32 slots;
	u32 ticks;   /* an extreme is the last value */
	u32 split;   /* the frames of a super-packet differ in what is counted */
	u32 program; /* position in the chain */

	u32 row_bytes; /* layout of the cells */
	u32 extremes_at;
	u32 extremes_bytes; /* of one epoch */
	u32 sketches_at;
	u32 sketches_bytes;
	u32 cache_at;
	u32 sets; /* a power of two; 0: candidates are kept elsewhere, or not at all */
	u32 set_bytes;
	u32 body_bytes;
	u32 cells_bytes;

	u32 class_bytes; /* layout of the keys */
	u32 index_at;
	u32 buckets; /* a power of two; 0: the index is an array by class or rule */
	u32 words_at;
	u32 keys_bytes;
	u32 nominates; /* keys without a slot are candidates */
};

struct group_head {
	u64 epoch;
	u64 random;
	u64 evictions;
	u64 unused[5];
};

#define CACHE_WAYS 4

/* The first line of a set; the bodies follow: error, the cells in their order (the ranked one is here), words. */
struct cache_set {
	u64 ranks[CACHE_WAYS];
	u32 tags[CACHE_WAYS]; /* 0: empty */
	u64 unused[2];
};

typedef const struct group_spec *group_spec;

/*
 * A member of the spec. The kernel's program is loaded once a group, its members written into the instructions: here
 * they are placeholders that the loader finds, so that neither memory is read nor a branch taken that the verifier can
 * decide.
 */
#ifdef __bpf__
#define PLACE(member) __builtin_offsetof(struct group_spec, member)
#define SPEC(member)                                                              \
	({                                                                        \
		(void)spec;                                                       \
		u32 value_;                                                       \
		asm("%0 = %1" : "=r"(value_) : "i"(PLACEHOLDER + PLACE(member))); \
		value_;                                                           \
	})
#define SPEC64(member)                                                                                          \
	({                                                                                                      \
		(void)spec;                                                                                     \
		u64 value_;                                                                                     \
		asm("%0 = %1 ll" : "=r"(value_) : "i"((u64)PLACEHOLDER << 32 | (PLACEHOLDER + PLACE(member)))); \
		value_;                                                                                         \
	})
#else
#define SPEC(member) (spec->member)
#define SPEC64(member) (spec->member)
#endif

#endif
