// SPDX-License-Identifier: Apache-2.0
import type { GroupTable } from '../capture/group-table.ts'
import type { Group } from './group.ts'
import { createKept } from './kept.ts'
import type { Promoted, PromotionCounts } from './noted.ts'
import { freeze, type Series } from './series.ts'
import { surplus } from './surplus.ts'

/** What may change while a group counts. */
export interface PromotionLimits {
  /** Most series at a time. */
  readonly maxSeries: number
  /** Milliseconds that a series is shown before it counts, and after it has ended. */
  readonly hold: number
  /** Buckets that a key may be absent from the top before it is let go. */
  readonly linger: number
  /** Keys whose last values are remembered. */
  readonly remembered: number
}

/** Gives a group's limits, as its promotion takes them. */
export function limitsOf({ limits }: Pick<Group, 'limits'>): PromotionLimits {
  const { maxSeries, hold, linger, tracked } = limits
  return { maxSeries, hold: hold * 1000, linger, remembered: tracked }
}

/** A key that has the look of a top one. */
export interface Nominee {
  readonly id: string
  readonly key: readonly bigint[]
}

/**
 * Which keys of a group have series, by time alone: scrapers need not be known, only that each comes within the hold. A
 * series is shown at its last value before the table counts the key apart from other, and stays at its final value after
 * it has ceased to, so that every increment is seen in exactly one series. All times are monotonic milliseconds.
 */
export interface Promotion {
  /** Reads the table's cumulative cells; the order of looks tells when a slot has settled. */
  look(): BigUint64Array
  /** Series in order of their first exposure. */
  series(): Iterable<Series>
  find(id: string): Series | undefined
  /** Shows these keys and lets them count at once: all keys of a closed group, before anything is counted. */
  fill(keys: readonly Nominee[], now: number): void
  /** Series whose time to count has come. */
  due(now: number): readonly Series[]
  /**
   * Does what time alone brings about, at the rows of the latest look: lets the due ones count, once `ahead` has written
   * that down; gives those that ended.
   */
  tick(now: number, rows: BigUint64Array, ahead?: () => void): readonly Series[]
  /** Shows the best that are not shown yet, as far as there is room. */
  nominate(nominees: readonly Nominee[], now: number): void
  /** Has a bucket end with these top keys, best first: the others of the shown ones were absent from it. */
  settle(nominees: readonly Nominee[], now: number): void
  limit(limits: PromotionLimits): void
  /** Goes on as another one of the same table did, instead of beginning. */
  restore(promoted: Promoted): void
  /** Lets so many milliseconds pass without counting them, in which nobody could scrape. */
  delay(milliseconds: number): void
  /** All that another one needs to go on. */
  promoted(): Omit<Promoted, 'risen'>
  /** Keys that wait for room, series that began to count, those of them never seen before, and series that ended. */
  readonly counts: Readonly<PromotionCounts> & {
    readonly exposed: number
    readonly waiting: number
  }
}

/** Begins with no series over a table that has counted nothing yet; `cells` cumulative ones are kept of each key. */
export function createPromotion(
  table: GroupTable,
  cells: number,
  first: PromotionLimits,
): Promotion {
  const { adds } = table.spec
  const shown = new Map<string, Series>()
  const free: number[] = []
  let slots = 0
  const kept = createKept(first.remembered)
  let limits = first
  let looks = 0
  let waiting: readonly Nominee[] = []
  const counts: PromotionCounts = { promotions: 0, newKeys: 0, demotions: 0 }

  /* a table that was replaced may have more slots */
  function grow(): void {
    for (; slots < table.spec.slots; slots++) free.push(slots)
  }
  function show({ id, key }: Nominee, now: number): void {
    const before = kept.take(id)
    if (!before) counts.newKeys++
    const sums = before ?? Array.from({ length: cells }, () => 0n)
    const times = { shown: now, drained: now, demotedAt: looks, absent: 0 }
    shown.set(id, { id, key, phase: 'promoting', slot: undefined, kept: sums, base: [], ...times })
  }
  function admit(now: number): void {
    const room = Math.max(0, Math.min(limits.maxSeries, slots) - shown.size)
    for (const each of waiting.slice(0, room)) show(each, now)
    waiting = waiting.slice(room)
  }
  function begin(series: Series, rows: BigUint64Array): void {
    const slot = free.shift()
    if (slot === undefined) return
    series.slot = slot
    series.base = [...rows.subarray((1 + slot) * adds.length, (2 + slot) * adds.length)]
    series.phase = 'promoted'
    counts.promotions++
  }
  function promote({ slot, key }: Series): void {
    if (slot !== undefined) table.promote(slot, key)
  }
  function drain(series: Series, now: number): void {
    if (series.slot !== undefined) table.demote(series.slot)
    series.phase = 'draining'
    series.drained = now
    series.demotedAt = looks
  }
  function back(series: Series): void {
    series.phase = series.slot === undefined ? 'promoting' : 'promoted'
    promote(series)
  }
  function end(series: Series, rows: BigUint64Array): void {
    if (series.slot !== undefined) free.push(series.slot)
    freeze(series, rows, adds.length)
    kept.put(series.id, series.kept)
    shown.delete(series.id)
    counts.demotions++
  }
  const due = (now: number): Series[] =>
    [...shown.values()].filter(
      (each) => each.phase === 'promoting' && now - each.shown >= limits.hold,
    )
  /* a count that was under way when the slot was demoted is in the rows of the next look but one */
  const drained = (each: Series, now: number): boolean =>
    each.phase === 'draining' && now - each.drained >= limits.hold && looks - each.demotedAt >= 2

  function nominate(nominees: readonly Nominee[], now: number): void {
    waiting = nominees.filter(({ id }) => !shown.has(id))
    admit(now)
  }
  grow()
  return {
    look() {
      looks++
      return table.look()
    },
    series: () => shown.values(),
    find: (id) => shown.get(id),
    fill(keys, now) {
      const rows = new BigUint64Array((1 + slots) * adds.length)
      for (const each of keys) show(each, now)
      for (const each of shown.values()) begin(each, rows)
      for (const each of shown.values()) promote(each)
    },
    due,
    tick(now, rows, ahead) {
      const ended = [...shown.values()].filter((each) => drained(each, now))
      for (const each of ended) end(each, rows)
      const begun = due(now)
      for (const each of begun) begin(each, rows)
      if (begun.length > 0) ahead?.()
      for (const each of begun) promote(each)
      admit(now)
      return ended
    },
    nominate,
    settle(nominees, now) {
      const place = new Map(nominees.map(({ id }, index) => [id, index]))
      for (const each of shown.values()) {
        const present = place.has(each.id)
        each.absent = present ? 0 : each.absent + 1
        if (present && each.phase === 'draining') back(each)
        if (each.absent >= limits.linger && each.phase !== 'draining') drain(each, now)
      }
      for (const each of surplus(shown, place, limits.maxSeries)) drain(each, now)
      nominate(nominees, now)
    },
    limit(next) {
      if (next.remembered !== limits.remembered) kept.resize(next.remembered)
      limits = next
      grow()
    },
    restore({ series, ended, counts: before }) {
      for (const each of series) shown.set(each.id, each)
      for (const [id, sums] of ended) kept.put(id, [...sums])
      Object.assign(counts, before)
      const taken = new Set(series.map(({ slot }) => slot))
      free.splice(0, free.length, ...free.filter((slot) => !taken.has(slot)))
      /* the table may be one step behind what was written down, or ahead of it */
      const counting = new Map(series.map((each) => [each.slot, each]))
      for (let slot = 0; slot < slots; slot++) {
        const own = counting.get(slot)
        if (own?.phase === 'promoted') promote(own)
        else table.demote(slot)
      }
    },
    delay(milliseconds) {
      for (const each of shown.values()) {
        each.shown += milliseconds
        each.drained += milliseconds
      }
    },
    promoted: () => ({ series: [...shown.values()], ended: kept.all(), counts }),
    get counts() {
      return { ...counts, exposed: shown.size, waiting: waiting.length }
    },
  }
}
