// SPDX-License-Identifier: Apache-2.0
import type { Vartype } from './vartype.ts'
import type { Amount } from './views.ts'

/** Where a table has what one meter is made of: positions among the spec's adds, extremes and uniques. */
export interface MeterCells {
  /** Cumulative cell of the meter's sum (adds). */
  readonly sum?: number
  /** Cumulative cell of the number of samples (adds). */
  readonly count?: number
  /** Last, least and greatest sample of the window (extremes). */
  readonly last?: number
  readonly min?: number
  readonly max?: number
  /** Estimate of distinct values (uniques). */
  readonly unique?: number
}

/** What was counted of one key, or of several, over a stretch of time. */
export interface Tally {
  /** Cumulative cells over that time, and since ever. */
  readonly sums: readonly bigint[]
  readonly ever: readonly bigint[]
  /** By the spec's extremes and uniques; absent when they are not known. */
  readonly extremes?: Float64Array
  readonly uniques?: Float64Array
}

/** Whether a vartype is exposed as a counter. */
export function isCounter(vartype: Vartype): boolean {
  return (
    vartype === 'COUNTER' ||
    vartype === 'RATE_COUNTER' ||
    vartype === 'DELTA_RATE_COUNTER' ||
    vartype === 'AVERAGE'
  )
}

/** What a meter was worth, by its vartype, over a bucket of this many seconds. */
export function amount(vartype: Vartype, cells: MeterCells, tally: Tally, seconds: number): Amount {
  const sum = tally.sums[cells.sum ?? -1]
  const whole = Number(sum ?? Number.NaN)
  switch (vartype) {
    case 'COUNTER':
      return { value: whole, ...(sum !== undefined && { sum }) }
    case 'RATE_COUNTER':
    case 'DELTA_RATE_COUNTER':
      return { value: whole / seconds, ...(sum !== undefined && { sum }) }
    case 'AVERAGE':
      return { value: mean(cells, tally) }
    case 'GAUGE':
    case 'RUNNING_COUNTER':
      return { value: level(cells, tally) }
    case 'GAUGE_MIN_MAX_AVG': {
      const [min, max] = [extreme(tally, cells.min), extreme(tally, cells.max)]
      return { value: level(cells, tally), min, max, average: mean(cells, tally) }
    }
    case 'MAXIMUM':
      return { value: extreme(tally, cells.max) }
    case 'MINIMUM':
      return { value: extreme(tally, cells.min) }
  }
}

function mean({ sum, count }: MeterCells, { sums }: Tally): number {
  return Number(sums[sum ?? -1] ?? 0n) / Number(sums[count ?? -1] ?? 0n)
}

function level({ unique, last, sum }: MeterCells, tally: Tally): number {
  if (unique !== undefined) return tally.uniques?.[unique] ?? Number.NaN
  if (last !== undefined) return extreme(tally, last)
  return Number(tally.ever[sum ?? -1] ?? Number.NaN)
}

function extreme({ extremes }: Tally, index: number | undefined): number {
  return extremes?.[index ?? -1] ?? Number.NaN
}

/** Rise of a running counter between two readings; after a wrap or reset it begins anew. */
export function riseOf(before: number | undefined, reading: number): number {
  if (before === undefined) return 0
  return reading >= before ? reading - before : reading
}
