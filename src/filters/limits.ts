// SPDX-License-Identifier: Apache-2.0

/** Bytes of a filter's text: libpcap's time grows with the square of it, and 256 hosts fit. */
export const TEXT_BYTES = 4096

/** Parentheses within parentheses: no one writes more by hand, and libpcap's parser recurses. */
export const NESTING = 64

/** Instructions of one filter: 512 take a packet half a microsecond at worst. */
export const INSTRUCTIONS = 512

/** Instructions of all filters: the kernel takes 0.05 to 0.3 s to check so many, 7 s at the very worst. */
export const INSTRUCTIONS_IN_TOTAL = 8192

/** Filters: bits that a packet's matches have. */
export const FILTERS = 256

/** Milliseconds that one filter may take to compile: with the start of the process, two seconds. */
export const FILTER_MILLISECONDS = 1000

/** Milliseconds that all may take, so that many slow ones do not hold up a start for minutes. */
export const TOTAL_MILLISECONDS = 20_000

/** Milliseconds that the compiling process may take to start on a busy machine. */
export const START_MILLISECONDS = 15_000

/** Memory of the compiling process: what Node takes, and a quarter of a GiB for libpcap. */
export const MEMORY_BYTES = 768 * 2 ** 20
