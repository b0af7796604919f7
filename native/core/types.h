/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fixed-width names shared by the kernel programs and the addon; needs no libc. */
#ifndef PKTSPOT_TYPES_H
#define PKTSPOT_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;

#undef __always_inline /* linux/stddef.h has a weaker one */
#define __always_inline inline __attribute__((always_inline))

/* The kernel's machines load unaligned words; clang would split them for BPF unless it is told a lie. */
#ifdef __bpf__
#define LOAD(type, at) (*(const type *)(at))
#else
#define LOAD(type, at)                                       \
	({                                                   \
		type word_;                                  \
		__builtin_memcpy(&word_, at, sizeof(word_)); \
		word_;                                       \
	})
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "big-endian machines are not supported"
#endif

static __always_inline u16 load_be16(const u8 *at)
{
	return __builtin_bswap16(LOAD(u16, at));
}

static __always_inline u32 load_be32(const u8 *at)
{
	return __builtin_bswap32(LOAD(u32, at));
}

static __always_inline u64 load_be64(const u8 *at)
{
	return __builtin_bswap64(LOAD(u64, at));
}

#endif
