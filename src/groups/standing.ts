// SPDX-License-Identifier: Apache-2.0
import type { GroupCut, GroupSpec } from '../capture/group-table.ts'
import { emptyFold, type Folded, fold, windowExtreme } from './extremes.ts'
import type { Layout } from './layout.ts'
import { amount, isCounter, riseOf, type Tally } from './meters.ts'
import type { Series } from './series.ts'
import type { Gauge } from './views.ts'

/** What is known of a series besides its cumulative cells. */
export interface Standing {
  /** Cumulative cells when the bucket began. */
  mark: readonly bigint[]
  /** Whether it has counted from the bucket's beginning. */
  steady: boolean
  /** What it had as a candidate in this bucket, before it began to count. */
  before: readonly bigint[]
  folded: Folded
  /** By meter id. */
  gauges: (Gauge | undefined)[]
  /** Last reading of each running counter. */
  readings: (number | undefined)[]
}

/** Begins in the middle of a bucket. */
export function newStanding(spec: GroupSpec, mark: readonly bigint[]): Standing {
  const folded = emptyFold(spec)
  return { mark, steady: false, before: [], folded, gauges: [], readings: [] }
}

/** Adds a window's cut to a series that counts; gives how far each of its running counters rose. */
export function foldWindow(
  { spec, meters, cells, rises }: Layout,
  standing: Standing,
  series: Series,
  cut: GroupCut,
): readonly bigint[] {
  const { slot } = series
  if (slot === undefined) return []
  fold(standing.folded, spec, cut, slot)
  for (const { id, vartype } of meters) {
    const { last } = cells[id] ?? {}
    if (last === undefined || isCounter(vartype)) continue
    const value = windowExtreme(spec, cut, slot, last)
    if (!Number.isNaN(value)) standing.gauges[id] = { ...standing.gauges[id], value }
  }
  return rises.map(({ sum, last }, index) => {
    const reading = windowExtreme(spec, cut, slot, last)
    const before = standing.readings[index]
    if (Number.isNaN(reading)) return 0n
    standing.readings[index] = reading
    const rise = BigInt(Math.round(riseOf(before, reading)))
    series.kept[sum] = (series.kept[sum] ?? 0n) + rise
    return rise
  })
}

/** Takes over what a bucket that has ended says of a series that counts. */
export function endBucket(
  { meters, cells }: Layout,
  standing: Standing,
  tally: Tally,
  bucket: { readonly seconds: number; readonly full: boolean },
): void {
  for (const { id, vartype } of meters) {
    const own = cells[id] ?? {}
    if (isCounter(vartype)) continue
    const worth = amount(vartype, own, tally, bucket.seconds)
    const live = own.last !== undefined
    if (vartype === 'GAUGE_MIN_MAX_AVG') {
      if (bucket.full)
        standing.gauges[id] = { ...worth, value: standing.gauges[id]?.value ?? Number.NaN }
    } else if (vartype === 'MAXIMUM' || vartype === 'MINIMUM') {
      if (bucket.full) standing.gauges[id] = worth
    } else if (!live) standing.gauges[id] = worth
  }
}
