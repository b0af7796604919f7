// SPDX-License-Identifier: Apache-2.0
import type { Catalog, Counter } from './catalog.ts'
import type { Reading } from './reading.ts'

/** Where a window lies in time. */
export interface WindowPlace {
  readonly start: Date
  /** Length in seconds; the first and last window of a live source may be cut short. */
  readonly seconds: number
  /** Length that its kind of window has when it is whole, in seconds. */
  readonly period: number
  /** A stretch longer than an hour without a packet that was skipped just before this window (replay only). */
  readonly gap?: { readonly from: Date; readonly to: Date }
  /** Seconds after its end at which it was cut (live base windows only); the packets until then are in it. */
  readonly lateness?: number
  /** How the clock was set, or the machine suspended, so that the window was cut short just then (live base windows). */
  readonly step?: { readonly seconds: number; readonly suspended: boolean }
  /** What was not counted all the time, for its cost: 1 users' filters, 2 groups too, 3 anything; left out: all was. */
  readonly shed?: 1 | 2 | 3
  /** Whether such a gap lies between this window and the one before, told by a shorter window (longer ones only). */
  readonly afterGap?: true
}

/** What every counter was worth between two moments. */
export interface Window extends WindowPlace {
  /** Frames that the source admits it lost in the window. */
  readonly lost: number
  /** What was counted within the window. */
  readonly counts: Reading
  /** Value of a counter, NaN where it is not counted, or shed; throws on an unknown name. Above 2^53 the nearest double. */
  value(counter: string): number
  /** The same, exact: for sums and clocks. */
  exact(counter: string): bigint | number
  /** Bucket counts of a histogram, not cumulative, the last one +Inf. */
  buckets(counter: string): readonly bigint[]
}

/** Share of its length that a window has at least unless it was cut short; a clock's jitter is far smaller. */
const WHOLE = 0.9

/**
 * Tells whether a window was not cut short, as the first and last of a live source are. What was distinct or rare in a
 * shorter one cannot be compared with others.
 */
export function isWhole({ seconds, period }: Pick<WindowPlace, 'seconds' | 'period'>): boolean {
  return seconds >= WHOLE * period
}

/** Tells whether a counter stood still for a while within a window, so that its value says nothing. */
export function isShed({ filtered }: Counter, { shed }: Pick<WindowPlace, 'shed'>): boolean {
  return shed === 3 || (shed !== undefined && filtered === true)
}

/** Cuts a window out of two readings of one source, or the first; its period is its length unless given. */
export function windowBetween(
  catalog: Catalog,
  before: Reading | undefined,
  after: Reading,
  place: Omit<WindowPlace, 'period'> & { period?: number },
): Window {
  return windowOf(catalog, difference(before, after), place)
}

function difference(before: Reading | undefined, after: Reading): Reading {
  const { transmit } = after
  return {
    ...after,
    slots: after.slots.map((slot, index) => slot - (before?.slots[index] ?? 0n)),
    lost: after.lost - (before?.lost ?? 0n),
    ...(transmit && { transmit: difference(before?.transmit, transmit) }),
  }
}

/** The part of a reading that a counter's index is into; undefined where its direction is not counted. */
export function countsOf(
  { direction }: Pick<Counter, 'direction'>,
  reading: Reading,
): Reading | undefined {
  return direction === 'transmit' ? reading.transmit : reading
}

/** Makes a window of what was counted within it. */
export function windowOf(
  catalog: Catalog,
  counts: Reading,
  place: Omit<WindowPlace, 'period'> & { period?: number },
): Window {
  const find = (name: string): Counter => {
    const counter = catalog.find(name)
    if (!counter) throw new RangeError(`no counter is named ${name}`)
    return counter
  }
  const exact = (name: string): bigint | number => {
    const counter = find(name)
    const own = countsOf(counter, counts)
    if (!own || isShed(counter, place)) return Number.NaN
    switch (counter.kind) {
      case 'sum':
        return own.slots[counter.index] ?? 0n
      case 'distinct':
        return own.distinct[counter.index] ?? 0
      case 'clock':
        return own.clocks[counter.index] ?? 0n
      case 'histogram':
        throw new RangeError(`${name} is a histogram: read its buckets`)
    }
  }
  return {
    period: place.seconds,
    ...place,
    counts,
    lost: Number(counts.lost),
    exact,
    value: (name) => Number(exact(name)),
    buckets: (name) => {
      const counter = find(name)
      const { bounds, index } = counter
      return [...(countsOf(counter, counts)?.slots.slice(index, index + bounds.length + 1) ?? [])]
    },
  }
}
