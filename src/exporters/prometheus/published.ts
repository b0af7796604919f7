// SPDX-License-Identifier: Apache-2.0
import type { Window } from '../../counters/window.ts'
import type { Sample } from '../../monitor/sample.ts'
import type { Report } from '../exporter.ts'

/** What a source's reports said up to now. */
export interface Published {
  /** When the last window ended. */
  readonly end: Date
  /** The last window that was not cut off: only a full one says how many things were distinct. */
  readonly full: Window | undefined
  /** Last samples by the statistic's name. */
  readonly samples: ReadonlyMap<string, Sample>
}

/** Share of the period below which a window was cut off; a clock's jitter is far smaller. */
const FULL = 0.9

/** Brings what was published up to date with a report. */
export function updated(before: Published | undefined, report: Report, period: number): Published {
  const { window, samples } = report
  return {
    end: new Date(window.start.getTime() + window.seconds * 1000),
    full: window.seconds >= FULL * period ? window : before?.full,
    samples: new Map(samples.map((sample) => [sample.statistic.name, sample])),
  }
}
