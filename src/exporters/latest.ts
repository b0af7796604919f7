// SPDX-License-Identifier: Apache-2.0
import { readsTransmit } from '../counters/transmit.ts'
import type { Window } from '../counters/window.ts'
import { type Counts, countsOf, NO_COUNTS } from '../monitor/carried.ts'
import type { Sample } from '../monitor/sample.ts'
import type { TailName } from '../spot/detector.ts'
import type { Statistic } from '../statistics/statistic.ts'
import type { Report } from './exporter.ts'
import type { Observed, Watched } from './observed.ts'
import { type Alarms, type Published, updated } from './published.ts'

/** One statistic of one source over windows of one length, as the last report had it. */
export interface Row {
  /** Name of the source. */
  readonly source: string
  readonly statistic: Statistic
  /** Length of the windows in seconds. */
  readonly period: number
  /** Tails that are monitored. */
  readonly tails: readonly TailName[]
  /** Start of the last window and what it gave; undefined before the first. */
  readonly start: Date | undefined
  readonly sample: Sample | undefined
  /** What is counted so far; without a sample what an earlier process did, if any. */
  readonly counts: Counts
  /** The last alarm of each tail. */
  readonly alarms: Alarms
}

const NONE: Alarms = {}

/** Keeps what each source's last reports said: all who are asked for it tell the same. */
export interface Latest extends Watched {
  publish(report: Report): void
  /** Forgets what a source that has ended had published. */
  forget(source: string): void
  /** When a source's last base window ended; undefined before the first. */
  end(source: Observed): Date | undefined
  /** Longest time of the last 60 s, in seconds, that a source's base window was cut after its end; NaN: none was. */
  lateness(source: Observed): number
  /** A source's last full base window; undefined before the first, and while it is down. */
  full(source: Observed): Window | undefined
  /** Every statistic of every source and length, from before the first window on. */
  rows(): readonly Row[]
}

/** Begins with nothing published. */
export function createLatest(watched: Watched): Latest {
  const { base, periods, groups, drops } = watched
  const published = new Map<string, Published>()

  const row = (source: Observed, statistic: Statistic, period: number): Row => {
    const window = published.get(source.name)?.windows.get(period)
    const last = window?.samples.get(statistic.name)
    return {
      source: source.name,
      statistic,
      period,
      tails: last ? (last.status?.tails.map(({ tail }) => tail) ?? []) : statistic.tails,
      start: window?.start,
      sample: source.up ? last : last && silenced(last),
      counts: last
        ? countsOf(last)
        : (watched.before?.(source.name, statistic.name, period) ?? NO_COUNTS),
      alarms: window?.alarms.get(statistic.name) ?? NONE,
    }
  }
  return {
    get sources() {
      return watched.sources
    },
    get statistics() {
      return watched.statistics
    },
    base,
    periods,
    groups,
    drops,
    publish(report) {
      published.set(report.source, updated(published.get(report.source), report, base))
    },
    forget: (source) => void published.delete(source),
    end: ({ name }) => published.get(name)?.end,
    lateness: ({ name }) => published.get(name)?.lateness.max ?? Number.NaN,
    full: ({ name, up }) => (up ? published.get(name)?.full : undefined),
    rows: () =>
      watched.sources.flatMap((source) =>
        watched.statistics
          .filter((each) => isComputed(each, source))
          .flatMap((each) => periods.map((period) => row(source, each, period))),
      ),
  }
}

/* what says nothing anywhere needs no series: transmitted frames may not be counted there */
function isComputed({ counters }: Statistic, { catalog, transmit }: Observed): boolean {
  return transmit !== undefined || !readsTransmit(counters, catalog)
}

/* an interface that is gone says nothing: its last value must not keep an alert firing */
function silenced(sample: Sample): Sample {
  const none = Number.NaN
  return { ...sample, value: none, recentMax: none, recentMin: none, judgement: undefined }
}
