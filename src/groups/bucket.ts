// SPDX-License-Identifier: Apache-2.0
import type { Group, Meter } from './group.ts'
import { amount, isCounter, type MeterCells, type Tally } from './meters.ts'
import type { Nominee } from './promotion.ts'
import type { BucketView, MeterBucket, RankedKey } from './views.ts'

/** What was counted of one key in a bucket. */
export interface KeyTally extends Tally, Nominee {
  /** Whether nothing of it can have been missed. */
  readonly exact: boolean
}

/** A bucket's counts, by key and over all of them. */
export interface Counted {
  readonly total: Tally
  readonly keys: readonly KeyTally[]
  /** Length that rates are divided by. */
  readonly seconds: number
}

interface Ranked extends RankedKey {
  readonly tally: KeyTally
}

/** Ranks a bucket's keys by each meter. */
export function bucketView(
  { meters, ...group }: Group,
  cells: readonly MeterCells[],
  counted: Counted,
  place: Pick<BucketView, 'start' | 'seconds' | 'full'>,
): BucketView {
  return {
    group: { ...group, meters },
    ...place,
    meters: meters.map((meter) => meterBucket(meter, cells[meter.id] ?? {}, counted)),
  }
}

/** The top keys of all meters that list any, the first of each meter before the second of one: at most topN a meter. */
export function nominees(
  meters: readonly Meter[],
  cells: readonly MeterCells[],
  counted: Counted,
  rank: number,
): readonly Nominee[] {
  const tops = meters
    .filter(({ topN }) => topN > 0)
    .map((meter) => {
      const own = cells[meter.id] ?? {}
      const by = isCounter(meter.vartype) ? own : { sum: rank }
      const vartype = isCounter(meter.vartype) ? meter.vartype : 'COUNTER'
      return falling({ ...meter, vartype }, by, counted).slice(0, meter.topN)
    })
  const found = new Map<string, Nominee>()
  for (let place = 0; tops.some((top) => place < top.length); place++) {
    for (const top of tops) {
      const tally = top[place]?.tally
      if (tally && !found.has(tally.id)) found.set(tally.id, { id: tally.id, key: tally.key })
    }
  }
  return [...found.values()]
}

function meterBucket(meter: Meter, cells: MeterCells, counted: Counted): MeterBucket {
  const { total, seconds } = counted
  const ranked = meter.topN + meter.bottomN > 0 ? falling(meter, cells, counted) : []
  const top = ranked.slice(0, meter.topN)
  const other = less(total, top)
  const bottom = meter.bottomN > 0 ? ranked.slice(-meter.bottomN).reverse() : []
  return {
    total: amount(meter.vartype, cells, total, seconds),
    other: amount(meter.vartype, cells, other, seconds),
    top: top.map(listed),
    bottom: bottom.map(listed),
  }
}

function listed({ tally: _, ...row }: Ranked): RankedKey {
  return row
}

/** Keys that had a sample, greatest first. */
function falling(meter: Meter, cells: MeterCells, { keys, seconds }: Counted): Ranked[] {
  const ranked: Ranked[] = []
  for (const tally of keys) {
    const worth = amount(meter.vartype, cells, tally, seconds)
    if (Number.isNaN(worth.value) || worth.sum === 0n) continue
    const exact = tally.exact && cells.unique === undefined
    ranked.push({ key: tally.key, ...worth, exact, tally })
  }
  return ranked.sort((a, b) => b.value - a.value || compareKeys(a.key, b.key))
}

/* estimates may be too high, and what is left is never less than nothing */
function less({ sums, ever }: Tally, top: readonly Ranked[]): Tally {
  const take = (left: bigint, each: bigint | undefined) =>
    each && each < left ? left - each : each ? 0n : left
  return {
    sums: sums.map((sum, cell) =>
      top.reduce((left, { tally }) => take(left, tally.sums[cell]), sum),
    ),
    ever: ever.map((sum, cell) =>
      top.reduce((left, { tally }) => take(left, tally.ever[cell]), sum),
    ),
  }
}

/** Orders keys by their words. */
export function compareKeys(a: readonly bigint[], b: readonly bigint[]): number {
  for (const [index, word] of a.entries()) {
    const other = b[index]
    if (other === undefined || word > other) return 1
    if (word < other) return -1
  }
  return a.length - b.length
}
