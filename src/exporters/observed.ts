// SPDX-License-Identifier: Apache-2.0
import type { Cost } from '../capture/kept.ts'
import type { Mode } from '../capture/source.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import type { Counts } from '../monitor/carried.ts'
import type { Statistic } from '../statistics/statistic.ts'
import type { WatchedDrops } from './watched-drops.ts'
import type { WatchedGroups } from './watched-groups.ts'

/** An interface as those who ask see it, attached or not; one that vanished keeps its last totals. */
export interface Observed {
  /** Value of the label `interface`. */
  readonly name: string
  /** How packets reach the counters; undefined before the first attachment. */
  readonly mode: Mode | undefined
  /** The same of transmitted packets; undefined where they are not counted. */
  readonly transmit?: Mode | undefined
  /** Whether packets are being counted now. */
  readonly up: boolean
  /** Times that the source was attached again after it had gone. */
  readonly reattachments: number
  /** Whether it goes on counting when the program ends. */
  readonly pinned?: unknown
  /** Stays the same object as long as the same counters are counted. */
  readonly catalog: Catalog
  /** What counting cost; left out where nobody measures it. */
  readonly cost?: Cost
  /** Looks at the totals without closing a window. */
  look(): Reading
}

/** What is told of. */
export interface Watched {
  /** Those of now; interfaces that patterns match come and go. */
  readonly sources: readonly Observed[]
  /** Statistics that every source is given now, a reload changes them; their series exist before the first window. */
  readonly statistics: readonly Statistic[]
  /** Length of the base window in seconds: of the distinct counters and the source's standing. */
  readonly base: number
  /** Lengths of the windows in seconds that statistics are computed over; the values of the label `window`. */
  readonly periods: readonly number[]
  /** What an earlier process counted of a source's statistic, over windows of a length. */
  readonly before?: (source: string, statistic: string, period: number) => Counts | undefined
  /** Counter groups; left out, none are told of. */
  readonly groups?: WatchedGroups | undefined
  /** What is dropped; left out, nothing is told of it. */
  readonly drops?: WatchedDrops | undefined
}

/** Looks at a source's totals; undefined where they cannot be read. */
export function lookAt(source: Observed): Reading | undefined {
  try {
    return source.look()
  } catch {
    return undefined
  }
}
