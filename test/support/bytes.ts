// SPDX-License-Identifier: Apache-2.0

/** Joins byte strings. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Sixteen-bit numbers in network byte order. */
export function u16(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]))
}

/** Thirty-two-bit numbers in network byte order. */
export function u32(...values: readonly number[]): Uint8Array {
  return u16(...values.flatMap((value) => [value >>> 16, value & 0xffff]))
}

/** A run of one byte, or of the counting pattern 0, 1, 2 … when no byte is given. */
export function fill(length: number, byte?: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => byte ?? index & 0xff)
}

/** The Internet checksum, RFC 1071. */
export function checksum(...parts: readonly Uint8Array[]): number {
  const data = join(...parts)
  let sum = 0
  for (let at = 0; at < data.length; at += 2) {
    sum += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** A generator of repeatable numbers in [0, 1): mulberry32. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
