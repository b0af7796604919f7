// SPDX-License-Identifier: Apache-2.0
import type { Handle } from './handle.ts'

/** What a match adds to its cell. */
export const ADD = { nothing: 0, frames: 1, bytes: 2, payload: 3, unique: 4 } as const

/** One filter as the addon takes it. */
export interface FilterProgram {
  /** struct sock_filter, eight bytes each, that `validateFilter` has taken. */
  readonly instructions: Uint8Array
  /** Bits of `enum layers` (layers.h) that a packet must have, all of them; 0: any packet. */
  readonly layers: number
  /** One of ADD. */
  readonly add: number
  /** Number of the field (`keyFields`) whose values are told apart, with `ADD.unique`. */
  readonly field: number
  /** Cell of sums, or with `ADD.unique` number of the sketch. */
  readonly cell: number
  /** 1: the cell begins at nothing; 0: it goes on with what it holds. */
  readonly fresh: number
}

/** The part of the addon that has to do with filters. */
export interface FilterAddon {
  /**
   * Compiles by libpcap, for a data link type of libpcap (DLT_…): the instructions, or libpcap's words. Throws
   * NativeError ENOENT without libpcap. For a process of its own: it takes as long as the text makes it.
   */
  compileFilter(text: string, dataLink: number, optimize: boolean): Uint8Array | string
  /** Bounds what this process may use, and takes sockets away from it; false where the kernel refuses. */
  confine(cpuSeconds: number, bytes: number): boolean
  /** Why a program cannot be run; undefined when it can. */
  validateFilter(instructions: Uint8Array): string | undefined
  /** Whether a program that `validateFilter` took accepts a frame. */
  testFilter(instructions: Uint8Array, frame: Uint8Array, wireBytes: number): boolean
  /**
   * Has the source try these filters on packets of a link type (LINKTYPE_…; 1 Ethernet, 101 no link header). The order
   * gives their bits. On failure the old ones stay; the error has the `filter`'s number when it fails alone.
   */
  setFilters(source: Handle, link: number, programs: readonly FilterProgram[]): Promise<void>
  /** Lengths of the arrays of `lookFilters` and `cutFilters`. */
  filterSizes(source: Handle): { cells: number; uniques: number; registers: number }
  lookFilters(source: Handle, cells: BigUint64Array): void
  /** Begins a window of what is unique and reads the one before; the registers of two windows merge by their maximum. */
  cutFilters(source: Handle, estimates: Float64Array, registers: Uint8Array): void
}
