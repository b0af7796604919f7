// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import type { Detector } from '../spot/detector.ts'
import { createDetector } from '../spot/spot.ts'
import { checkCounters } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { type MonitorSpot, spotOptions } from './options.ts'
import { Recent } from './recent.ts'
import type { Sample } from './sample.ts'

/** Stretch of `recentMax` and `recentMin` in seconds. */
const RECENT_SECONDS = 60

/** What one source's monitor is made of. */
export interface MonitorOptions {
  readonly statistics: readonly Statistic[]
  readonly catalog: Catalog
  readonly spot: MonitorSpot
  /** Length of a window. */
  readonly periodSeconds: number
  /** Sources that share the node's false alarms. */
  readonly sources: number
}

/**
 * Makes the function that turns one source's windows, in their order, into judged samples.
 * Throws SETTINGS when a statistic reads an unknown counter or the thresholds cannot be as set.
 */
export function createMonitor(options: MonitorOptions): (window: Window) => readonly Sample[] {
  const { statistics, catalog, periodSeconds } = options
  checkCounters(statistics, catalog)
  const tails = statistics.reduce((sum, statistic) => sum + statistic.tails.length, 0)
  const spot = spotOptions(options.spot, { periodSeconds, tails: tails * options.sources })
  const observers = statistics.map((statistic) => {
    const detector =
      statistic.tails.length > 0 ? createDetector({ ...spot, tails: statistic.tails }) : undefined
    return observer(statistic, detector, Math.ceil(RECENT_SECONDS / periodSeconds))
  })
  return (window) => observers.map((observe) => observe(window))
}

function observer(
  statistic: Statistic,
  detector: Detector | undefined,
  recentWindows: number,
): (window: Window) => Sample {
  const recent = new Recent(recentWindows)
  let previous: readonly number[] | undefined
  let windows = 0
  return (window) => {
    if (window.gap) {
      previous = undefined
      recent.clear()
    }
    const values = statistic.counters.map((counter) => window.value(counter))
    const value = statistic.compute({ values, seconds: window.seconds, previous })
    previous = values
    windows++
    recent.push(value)
    return {
      statistic,
      value,
      judgement: detector?.judge(value),
      status: detector?.status(),
      recentMax: recent.max,
      recentMin: recent.min,
      windows,
    }
  }
}
