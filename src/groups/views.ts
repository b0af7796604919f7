// SPDX-License-Identifier: Apache-2.0
import type { GroupSpec } from '../capture/group-table.ts'
import type { Group } from './group.ts'
import type { MeterCells } from './meters.ts'

/** A group with how it is counted. */
export interface CountedGroup {
  readonly group: Group
  readonly spec: GroupSpec
  /** Cells of each meter, by its id. */
  readonly cells: readonly MeterCells[]
  /** Words of all keys there are: of a closed group, in the order of its slots. */
  readonly closedKeys?: readonly (readonly bigint[])[]
}

/**
 * Life of a series: shown but not yet counting, counting, frozen but still shown. Keys without a series are merely
 * tracked, and count in other.
 */
export type Phase = 'promoting' | 'promoted' | 'draining'

/** What a meter without a counter says of a key: of the window that ended last, or of the last full bucket. */
export interface Gauge {
  /** GAUGE and RUNNING_COUNTER: the last value there was; MAXIMUM and MINIMUM: of the last full bucket. NaN: none yet. */
  readonly value: number
  /** GAUGE_MIN_MAX_AVG: of the last full bucket. */
  readonly min?: number
  readonly max?: number
  readonly average?: number
}

/** A key that has a series. */
export interface ExposedKey {
  readonly key: readonly bigint[]
  readonly phase: Phase
  /** Cumulative cells, by the positions in `GroupScrape.cells`: they never fall while the key is remembered. */
  readonly sums: readonly bigint[]
  /** By meter id; undefined where the meter is a counter. */
  readonly gauges: readonly (Gauge | undefined)[]
}

/** A group as one look at its table has it: the sums of all series ever, and other, are the total. */
export interface GroupScrape {
  readonly group: Group
  /** Cells of each meter by its id; a DELTA_RATE_COUNTER has its rise in `sum` also when the table counts none. */
  readonly cells: readonly MeterCells[]
  /** In order of their first exposure. */
  readonly keys: readonly ExposedKey[]
  readonly other: readonly bigint[]
  readonly total: readonly bigint[]
}

/** What a meter was worth. */
export interface Amount {
  /** By the meter's vartype, counts a second where that is a rate; NaN: no sample, or values that cannot be added up. */
  readonly value: number
  /** Count behind the value, of the three kinds of counter. */
  readonly sum?: bigint
  /** GAUGE_MIN_MAX_AVG only. */
  readonly min?: number
  readonly max?: number
  readonly average?: number
}

/** One key in a bucket's list. */
export interface RankedKey extends Amount {
  readonly key: readonly bigint[]
  /** Whether the value is no estimate: of a key that was counted on its own, or never forgotten, the whole bucket. */
  readonly exact: boolean
}

/** One meter over a bucket; keys without traffic in it are in no list. */
export interface MeterBucket {
  readonly total: Amount
  /** The total less the keys of `top`. */
  readonly other: Amount
  /** At most topN keys, falling; of ties the smaller key first. */
  readonly top: readonly RankedKey[]
  /** At most bottomN of the tracked keys, rising. */
  readonly bottom: readonly RankedKey[]
}

/** A stretch of a group's time, aligned to whole multiples of its length since the epoch. */
export interface BucketView {
  readonly group: Group
  /** When it began to be counted; the epoch before the first window. */
  readonly start: Date
  /** Length that was counted, in seconds: less than the group's when it began or ended within. */
  readonly seconds: number
  readonly full: boolean
  /** By meter id. */
  readonly meters: readonly MeterBucket[]
}

/** What becomes of a group's keys, for self-metrics; counts since the group was opened. */
export interface GroupHealth {
  readonly group: Group
  /** Candidates held now, and room for them. */
  readonly tracked: number
  readonly room: number
  readonly exposed: number
  /** Keys that got a series: all, and those never seen before as far as is remembered. */
  readonly promotions: number
  readonly newKeys: number
  /** Keys whose series ended. */
  readonly demotions: number
  /** Candidates that gave way to another. */
  readonly evictions: bigint
  /** Greatest error among the candidates' ranked cells. */
  readonly error: bigint
  /** Keys that wait for a series to become free. */
  readonly waiting: number
  readonly bytes: number
}
