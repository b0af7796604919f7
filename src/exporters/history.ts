// SPDX-License-Identifier: Apache-2.0
import type { Sample } from '../monitor/sample.ts'
import type { TailName } from '../spot/detector.ts'
import type { Exporter, Report } from './exporter.ts'
import type { Watched } from './observed.ts'

/** A window that was judged out of the ordinary. */
export interface Mark {
  readonly time: Date
  readonly verdict: 'excess' | 'anomaly'
  readonly tail: TailName
}

/** One statistic's last windows, oldest first; NaN where there was no value or no threshold. */
export interface StatisticHistory {
  readonly name: string
  readonly values: readonly number[]
  /** The thresholds that the values were judged against. */
  readonly upper: readonly number[]
  readonly lower: readonly number[]
  readonly marks: readonly Mark[]
}

/** The last windows of one source and length. */
export interface WindowHistory {
  readonly source: string
  /** Length of the windows in seconds. */
  readonly period: number
  /** Windows that are kept. */
  readonly capacity: number
  /** Starts of the windows, oldest first. */
  readonly times: readonly Date[]
  readonly statistics: readonly StatisticHistory[]
}

/** Which windows are asked for; undefined: all. */
export interface Wanted {
  readonly source?: string | undefined
  readonly period?: number | undefined
  /** Start of the last window that the asker has. */
  readonly since?: Date | undefined
}

/** Keeps the last windows of every source, length and statistic, in bounded memory. */
export interface History extends Exporter {
  publish(report: Report): void
  forget(source: string): void
  windows(wanted: Wanted): readonly WindowHistory[]
}

/** Windows kept, unless memory says fewer. */
const WINDOWS = 300

/** Memory of all rings together: 300 windows of 40 statistics, two lengths and 28 interfaces. */
const BYTES = 16 * 2 ** 20

/** Three numbers and a verdict of a statistic, a time of the window. */
const STATISTIC_BYTES = 25
const TIME_BYTES = 8

const VERDICTS = [
  { verdict: 'excess', tail: 'lower' },
  { verdict: 'excess', tail: 'upper' },
  { verdict: 'anomaly', tail: 'lower' },
  { verdict: 'anomaly', tail: 'upper' },
] as const

interface Column {
  readonly values: Float64Array
  readonly upper: Float64Array
  readonly lower: Float64Array
  /** 0, or one more than the place in VERDICTS. */
  readonly verdicts: Uint8Array
}

interface Ring {
  readonly source: string
  readonly period: number
  times: Float64Array
  columns: Map<string, Column>
  /** Windows since the start. */
  count: number
}

/** Begins with nothing published. */
export function createHistory(watched: Watched): History {
  let capacity = capacityOf(watched)
  const rings = new Map<string, Ring>()
  /* with more sources than ever before there is less room for each */
  function fit(): void {
    const next = Math.min(capacity, capacityOf(watched))
    if (next === capacity) return
    for (const ring of rings.values()) shorten(ring, capacity, next)
    capacity = next
  }
  return {
    name: 'history',
    publish({ source, window: { start, period }, samples }) {
      const key = `${period} ${source}`
      if (!rings.has(key)) fit()
      const ring = rings.get(key) ?? {
        source,
        period,
        times: new Float64Array(capacity),
        columns: new Map(),
        count: 0,
      }
      rings.set(key, ring)
      const at = ring.count % capacity
      ring.times[at] = start.getTime()
      /* what is no longer computed is forgotten */
      ring.columns = new Map(
        samples.map((sample) => {
          const { name } = sample.statistic
          const column = ring.columns.get(name) ?? emptyColumn(capacity)
          store(column, at, sample)
          return [name, column]
        }),
      )
      ring.count++
    },
    forget(source) {
      for (const [key, ring] of rings) if (ring.source === source) rings.delete(key)
    },
    windows: ({ source, period, since }) =>
      [...rings.values()]
        .filter((ring) => ring.source === (source ?? ring.source))
        .filter((ring) => ring.period === (period ?? ring.period))
        .map((ring) => viewOf(ring, capacity, since)),
    async [Symbol.asyncDispose]() {},
  }
}

function capacityOf({ sources, periods, statistics }: Watched): number {
  const window = statistics.length * STATISTIC_BYTES + TIME_BYTES
  const all = Math.max(1, sources.length * periods.length) * window
  return Math.max(1, Math.min(WINDOWS, Math.floor(BYTES / all)))
}

/** Keeps the last of a ring's windows only. */
function shorten(ring: Ring, capacity: number, next: number): void {
  const places = keptPlaces(ring.count, capacity).slice(-next)
  const cut = (from: Float64Array | Uint8Array, into: Float64Array | Uint8Array): void => {
    for (const [at, place] of places.entries()) into[at] = from[place] ?? 0
  }
  const { times } = ring
  ring.times = new Float64Array(next)
  cut(times, ring.times)
  ring.columns = new Map(
    [...ring.columns].map(([name, column]) => {
      const { values, upper, lower, verdicts } = emptyColumn(next)
      cut(column.values, values)
      cut(column.upper, upper)
      cut(column.lower, lower)
      cut(column.verdicts, verdicts)
      return [name, { values, upper, lower, verdicts }]
    }),
  )
  ring.count = places.length
}

/** Places of the windows that are kept, oldest first. */
function keptPlaces(count: number, capacity: number): number[] {
  const kept = Math.min(count, capacity)
  return Array.from({ length: kept }, (_, index) => (count - kept + index) % capacity)
}

function emptyColumn(capacity: number): Column {
  const numbers = () => new Float64Array(capacity).fill(Number.NaN)
  const verdicts = new Uint8Array(capacity)
  return { values: numbers(), upper: numbers(), lower: numbers(), verdicts }
}

function store(column: Column, at: number, { value, judgement }: Sample): void {
  column.values[at] = value
  column.upper[at] = judgement?.upper ?? Number.NaN
  column.lower[at] = judgement?.lower ?? Number.NaN
  const { verdict, tail } = judgement ?? {}
  column.verdicts[at] =
    1 + VERDICTS.findIndex((each) => each.verdict === verdict && each.tail === tail)
}

function viewOf(ring: Ring, capacity: number, since: Date | undefined): WindowHistory {
  const { source, period, times, columns, count } = ring
  const all = keptPlaces(count, capacity)
  const places = since ? after(all, times, since.getTime()) : all
  const starts = places.map((place) => new Date(times[place] ?? Number.NaN))
  const take = (numbers: Float64Array) => places.map((place) => numbers[place] ?? Number.NaN)
  const statistics = [...columns].map(([name, { values, upper, lower, verdicts }]) => {
    const marks = places.flatMap((place, index): Mark[] => {
      const found = VERDICTS[(verdicts[place] ?? 0) - 1]
      const time = starts[index]
      return found && time ? [{ time, ...found }] : []
    })
    return { name, values: take(values), upper: take(upper), lower: take(lower), marks }
  })
  return { source, period, capacity, times: starts, statistics }
}

/* a clock that was set back makes later windows begin earlier: their order tells, where it can */
function after(places: readonly number[], times: Float64Array, since: number): number[] {
  const known = places.findLastIndex((place) => times[place] === since)
  if (known >= 0) return places.slice(known + 1)
  return places.filter((place) => (times[place] ?? 0) > since)
}
