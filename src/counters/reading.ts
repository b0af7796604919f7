// SPDX-License-Identifier: Apache-2.0

/** What a source's tables held at one moment; sums only ever grow. */
export interface Reading {
  /** Sums and histogram buckets since the source was opened, by `Counter.index`. */
  readonly slots: BigUint64Array
  /** Estimates of the epoch that this reading closed (in a live look, of the last one closed), by `Counter.index`. */
  readonly distinct: Float64Array
  /** Sketches of the epoch that this reading closed, to be merged into longer windows; absent in a live look. */
  readonly sketches?: Uint8Array
  /** Registers of the HyperLogLogs that are counted beside the core's, by `Counter.index`, likewise. */
  readonly registers?: ReadonlyMap<number, Uint8Array>
  /** Unix nanoseconds by `Counter.index`: time of the last packet, wall clock then; 0 before the first packet. */
  readonly clocks: BigUint64Array
  /** Frames that the source admits it lost since it was opened. */
  readonly lost: bigint
  /** The same of transmitted frames; absent where they are not counted. */
  readonly transmit?: Reading
}
