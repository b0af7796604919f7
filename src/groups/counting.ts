// SPDX-License-Identifier: Apache-2.0
import type { GroupTable } from '../capture/group-table.ts'
import { keptGroup } from '../capture/kept-group.ts'
import { isWhole, type WindowPlace } from '../counters/window.ts'
import { countsAlike, suffices } from './alike.ts'
import { bucketView, type Counted, nominees } from './bucket.ts'
import { createBucketClock, type Stretch } from './bucket-clock.ts'
import { allCandidates, idOf } from './candidates.ts'
import { exposed } from './exposed.ts'
import { emptyFold } from './extremes.ts'
import type { Group } from './group.ts'
import { layoutOf, totalOf } from './layout.ts'
import { notePromoted, readPromoted } from './noted.ts'
import { createPromotion, limitsOf, type Nominee } from './promotion.ts'
import { type Series, sumsOf } from './series.ts'
import { endBucket, foldWindow, newStanding, type Standing } from './standing.ts'
import { tallied } from './tallied.ts'
import type { BucketView, CountedGroup, GroupHealth, GroupScrape } from './views.ts'

/** A base window: where it lies says whether it is whole. */
export type BaseWindow = Pick<WindowPlace, 'start' | 'seconds' | 'period'>

/** Opens the table that counts a group. */
export type Open = (counted: CountedGroup) => GroupTable

/** One group at one source. */
export interface Counting {
  group(): Group
  advance(window: BaseWindow): void
  scrape(): GroupScrape
  lastBucket(): BucketView | undefined
  runningBucket(): BucketView
  health(): GroupHealth
  /** Goes on as this group, if it is counted the same way; else gives false and changes nothing. */
  change(counted: CountedGroup, open: Open): boolean
  /** Gives its table's memory back, with nothing forgotten, until it resumes or is closed. */
  pause(): void
  /** Counts on. */
  resume(open: Open): void
  close(): void
}

/**
 * Begins to follow a table that has counted nothing yet, or goes on as its notes say; `late`: within a base window.
 * `now`: monotonic milliseconds.
 */
export function startCounting(
  first: CountedGroup,
  opened: GroupTable,
  { now, late }: { now(): number; late: boolean },
): Counting {
  const { spec } = opened
  const kept = keptGroup(spec, opened, 'counted')
  const before = opened.notes && readPromoted(opened.notes, now())
  const { table } = kept
  let current = first
  let layout = layoutOf(first)
  let clock = createBucketClock(first.group.bucketSeconds, late || before !== undefined)
  let last: BucketView | undefined
  let nominated = false
  let resumed = before && now()
  let evictions = 0n
  /* series that ended in this bucket */
  let gone: Series[] = []
  const width = spec.adds.length + layout.rises.length
  const risen = Array.from(layout.rises, (_, index) => before?.risen[index] ?? 0n)
  const promotion = createPromotion(table, width, limitsOf(first.group))
  const standings = new WeakMap<Series, Standing>()
  let began = totalOf(spec, new BigUint64Array(), risen)
  if (!before) {
    promotion.fill(
      (first.closedKeys ?? []).map((key) => ({ id: idOf(key), key })),
      now(),
    )
  }
  for (const series of promotion.series()) {
    standings.set(series, { ...newStanding(spec, [...series.kept]), steady: true })
  }

  const totals = (rows: BigUint64Array) => totalOf(spec, rows, risen)
  function standingOf(series: Series, rows: BigUint64Array): Standing {
    const known = standings.get(series)
    if (known) return known
    const fresh = newStanding(spec, sumsOf(series, rows, spec.adds.length))
    standings.set(series, fresh)
    return fresh
  }
  function foldCut(rows: BigUint64Array): void {
    if (spec.extremes.length + spec.uniques.length === 0) return
    const cut = table.cut()
    for (const series of promotion.series()) {
      if (series.phase !== 'promoted') continue
      const rises = foldWindow(layout, standingOf(series, rows), series, cut)
      for (const [index, rise] of rises.entries()) risen[index] = (risen[index] ?? 0n) + rise
    }
  }
  /* a key that begins to count within a bucket takes along what it had as a candidate */
  function letCount(rows: BigUint64Array): void {
    const due = promotion.due(now())
    const found = due.length > 0 ? allCandidates(table).byId : undefined
    for (const series of due) standingOf(series, rows).before = found?.get(series.id)?.adds ?? []
    gone.push(...promotion.tick(now(), rows, note))
    for (const series of promotion.series()) standingOf(series, rows)
  }
  function count(rows: BigUint64Array, stretch: Stretch | undefined): Counted {
    const forgotten = table.fill().evictions !== evictions
    const keys = tallied(table, layout, [...promotion.series(), ...gone], {
      rows,
      forgotten,
      standingOf: (series) => standingOf(series, rows),
    })
    const ever = totals(rows)
    const sums = ever.map((sum, cell) => sum - (began[cell] ?? 0n))
    const seconds = Math.max(current.group.bucketSeconds, (stretch?.counted ?? 0) / 1000)
    return { total: { sums, ever }, keys, seconds }
  }
  function beginBucket(rows: BigUint64Array): void {
    table.clear()
    gone = []
    began = totals(rows)
    evictions = table.fill().evictions
    for (const series of promotion.series()) {
      Object.assign(standingOf(series, rows), {
        mark: sumsOf(series, rows, spec.adds.length),
        steady: series.phase === 'promoted',
        before: [],
        folded: emptyFold(spec),
      })
    }
  }
  /* whenever the process ends, the next one finds what every scrape so far was made of */
  function note(): void {
    if (!table.notes) return
    kept.note()
    notePromoted(table.notes, { ...promotion.promoted(), risen }, now())
  }
  /* what was counted while no process was there is in the totals, and in no bucket */
  function goOn(promoted: NonNullable<typeof before>): void {
    promotion.restore(promoted)
    table.cut()
    beginBucket(promotion.look())
  }
  function settle(
    ended: Stretch,
    rows: BigUint64Array,
    counted: Counted,
    top: readonly Nominee[],
  ): void {
    last = view(counted, ended)
    for (const tally of counted.keys) {
      const series = promotion.find(tally.id)
      if (series?.phase !== 'promoted') continue
      endBucket(layout, standingOf(series, rows), tally, { ...ended, seconds: counted.seconds })
    }
    if (!current.closedKeys) promotion.settle(top, now())
    beginBucket(rows)
  }
  function view(counted: Counted, stretch: Stretch | undefined): BucketView {
    const { start, counted: milliseconds, full } = stretch ?? { start: 0, counted: 0, full: false }
    const place = { start: new Date(start), seconds: milliseconds / 1000, full }
    return bucketView(current.group, layout.cells, counted, place)
  }

  function tableOf({ group, cells, spec }: CountedGroup, open: Open): GroupTable {
    return open({ group, cells, spec: { ...spec, slots: Math.max(table.spec.slots, spec.slots) } })
  }

  if (before) goOn(before)
  note()
  return {
    group: () => current.group,
    advance(window) {
      if (resumed !== undefined) promotion.delay(now() - resumed)
      resumed = undefined
      const rows = promotion.look()
      const ended = clock.add(window)
      /* estimates of distinct values cannot be added up: their window is the bucket */
      if (ended || spec.uniques.length === 0) foldCut(rows)
      letCount(rows)
      const early = !nominated && isWhole(window)
      if (ended || early) {
        nominated ||= early
        const counted = count(rows, ended)
        const top = current.closedKeys
          ? []
          : nominees(current.group.meters, layout.cells, counted, table.spec.rank)
        if (ended) settle(ended, rows, counted, top)
        else promotion.nominate(top, now())
      }
      note()
    },
    scrape() {
      const rows = promotion.look()
      const keys = [...promotion.series()].map((each) =>
        exposed(each, standingOf(each, rows), layout, rows),
      )
      const other = [...rows.subarray(0, spec.adds.length), ...risen.map(() => 0n)]
      return { group: current.group, cells: layout.cells, keys, other, total: totals(rows) }
    },
    lastBucket: () => last,
    runningBucket() {
      const stretch = clock.running()
      return view(count(promotion.look(), stretch), stretch)
    },
    health: () => ({ group: current.group, ...table.fill(), ...promotion.counts }),
    change(next, open) {
      if (!countsAlike(current, next)) return false
      const anew = next.group.bucketSeconds !== current.group.bucketSeconds
      /* where memory is short the table tracks less than was asked for */
      const asked = { ...current.spec, slots: table.spec.slots }
      if (!suffices(asked, next.spec)) {
        kept.replace(
          () => tableOf(next, open),
          () => tableOf(current, open),
        )
      }
      current = next
      layout = layoutOf(next)
      promotion.limit(limitsOf(next.group))
      if (anew) clock = createBucketClock(next.group.bucketSeconds, true)
      if (anew) beginBucket(promotion.look())
      note()
      return true
    },
    pause: kept.lose,
    resume(open) {
      kept.regain(tableOf(current, open))
      note()
    },
    close: () => table.close(),
  }
}
