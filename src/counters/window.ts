// SPDX-License-Identifier: Apache-2.0
import type { Catalog, Counter } from './catalog.ts'
import type { Reading } from './reading.ts'

/** What every counter was worth between two moments. */
export interface Window {
  readonly start: Date
  /** Length in seconds; a last, partial window keeps the whole period's length in replay. */
  readonly seconds: number
  /** Frames that the source admits it lost in the window. */
  readonly lost: number
  /** A stretch longer than an hour without a packet that was skipped just before this window (replay only). */
  readonly gap?: { readonly from: Date; readonly to: Date }
  /** Value of a counter; throws on a name the catalog lacks. Above 2^53 the nearest double. */
  value(counter: string): number
  /** The same, exact: for sums and clocks. */
  exact(counter: string): bigint | number
  /** Bucket counts of a histogram, not cumulative, the last one +Inf. */
  buckets(counter: string): readonly bigint[]
}

/** Cuts a window out of two readings of one source. */
export function windowBetween(
  catalog: Catalog,
  before: Reading,
  after: Reading,
  at: { start: Date; seconds: number; gap?: { from: Date; to: Date } },
): Window {
  const find = (name: string): Counter => {
    const counter = catalog.find(name)
    if (!counter) throw new RangeError(`no counter is named ${name}`)
    return counter
  }
  const slot = (index: number): bigint => (after.slots[index] ?? 0n) - (before.slots[index] ?? 0n)
  const exact = (name: string): bigint | number => {
    const counter = find(name)
    switch (counter.kind) {
      case 'sum':
        return slot(counter.index)
      case 'distinct':
        return after.distinct[counter.index] ?? 0
      case 'clock':
        return after.clocks[counter.index] ?? 0n
      case 'histogram':
        throw new RangeError(`${name} is a histogram: read its buckets`)
    }
  }
  return {
    ...at,
    lost: Number(after.lost - before.lost),
    exact,
    value: (name) => Number(exact(name)),
    buckets: (name) => {
      const { bounds, index } = find(name)
      return Array.from({ length: bounds.length + 1 }, (_, bucket) => slot(index + bucket))
    },
  }
}
