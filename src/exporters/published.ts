// SPDX-License-Identifier: Apache-2.0
import { isWhole, type Window } from '../counters/window.ts'
import { Recent } from '../monitor/recent.ts'
import type { Sample } from '../monitor/sample.ts'
import type { TailName } from '../spot/detector.ts'
import { type Alarm, alarmsOf } from './alarm.ts'
import type { Report } from './exporter.ts'

/** What a source's reports said up to now. */
export interface Published {
  /** When the last window ended. */
  readonly end: Date
  /** The last window that was not cut off: only a full one says how many things were distinct. */
  readonly full: Window | undefined
  /** Seconds after their ends at which the last base windows were cut. */
  readonly lateness: Recent
  /** The last window of each period, in seconds. */
  readonly windows: ReadonlyMap<number, Judged>
}

/** Seconds that the latest window is looked for in. */
const RECENT_SECONDS = 60

/** A window's start and its samples by the statistic's name. */
export interface Judged {
  readonly start: Date
  readonly samples: ReadonlyMap<string, Sample>
  /** The last alarm of each statistic and tail up to then. */
  readonly alarms: ReadonlyMap<string, Alarms>
}

/** The last alarm of each tail, where there was one. */
export type Alarms = Readonly<Partial<Record<TailName, Alarm>>>

/** Brings what was published up to date with a report; `base` is the shortest window's length in seconds. */
export function updated(before: Published | undefined, report: Report, base: number): Published {
  const { window, samples } = report
  const { start, seconds, period } = window
  const isBase = period === base
  const full = isBase && isWhole(window)
  const byName = new Map(samples.map((sample) => [sample.statistic.name, sample]))
  const lateness = before?.lateness ?? new Recent(Math.ceil(RECENT_SECONDS / base))
  if (isBase) lateness.push(window.lateness ?? Number.NaN)
  const alarms = withAlarms(before?.windows.get(period)?.alarms, report)
  return {
    end: isBase || !before ? new Date(start.getTime() + seconds * 1000) : before.end,
    lateness,
    full: full ? window : before?.full,
    windows: new Map([...(before?.windows ?? []), [period, { start, samples: byName, alarms }]]),
  }
}

function withAlarms(before: Judged['alarms'] | undefined, report: Report): Judged['alarms'] {
  const raised = alarmsOf(report)
  if (before && raised.length === 0) return before
  const alarms = new Map(before)
  for (const alarm of raised) {
    alarms.set(alarm.statistic, { ...alarms.get(alarm.statistic), [alarm.tail]: alarm })
  }
  return alarms
}
