// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import { PktspotError } from '../errors.ts'
import type { Detector } from '../spot/detector.ts'
import { createDetector } from '../spot/spot.ts'
import type { Scope } from '../statistics/expression/evaluate.ts'
import { type Quantity, quantity } from '../statistics/expression/quantity.ts'
import { checkCounters } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { guarded } from './guarded.ts'
import { type MonitorSpot, objections, spotOptions } from './options.ts'
import { Recent } from './recent.ts'
import type { Sample } from './sample.ts'
import type { DetectorOf } from './state/memory.ts'

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
  /** Lengths of window that share them. */
  readonly lengths: number
  /** Told once of each statistic that fails to compute. */
  readonly warn?: (line: string) => void
  /** Gives detectors that know something already; without it all are new. */
  readonly detectorOf?: DetectorOf | undefined
}

/**
 * Makes the function that turns one source's windows, in their order, into judged samples.
 * Throws SETTINGS when a statistic reads an unknown counter or the thresholds cannot be as set.
 */
export function createMonitor(options: MonitorOptions): (window: Window) => readonly Sample[] {
  const { statistics, catalog, periodSeconds, sources, lengths } = options
  const detectorOf = options.detectorOf ?? ((_, spot) => createDetector(spot))
  checkCounters(statistics, catalog)
  const tails = statistics.reduce((sum, statistic) => sum + statistic.tails.length, 0)
  const node = { periodSeconds, sources, lengths, tails }
  const [objection] = objections(statistics, options.spot, node)
  if (objection) {
    throw new PktspotError('SETTINGS', `statistic ${objection.statistic}: ${objection.message}`)
  }
  const observers = statistics.map((statistic) => {
    const detector =
      statistic.tails.length > 0
        ? detectorOf(statistic, spotOptions(statistic, options.spot, node), periodSeconds)
        : undefined
    const recent = new Recent(Math.ceil(RECENT_SECONDS / periodSeconds))
    return observer(statistic, { detector, recent, warn: options.warn })
  })
  return (window) => observers.map((observe) => observe(window))
}

function observer(
  statistic: Statistic,
  parts: {
    detector: Detector | undefined
    recent: Recent
    warn: ((line: string) => void) | undefined
  },
): (window: Window) => Sample {
  const { detector, recent, warn } = parts
  const compute = guarded(statistic, warn)
  let previous: readonly number[] | undefined
  let exactPrevious: Scope | undefined
  let windows = 0
  return (window) => {
    if (window.gap || window.afterGap) {
      previous = exactPrevious = undefined
      recent.clear()
    }
    const { seconds } = window
    const exact = { values: statistic.counters.map((name) => digits(window, name)), seconds }
    const values = exact.values.map(Number)
    const value = compute.value({ values, seconds, previous, exact, exactPrevious })
    previous = values
    exactPrevious = exact
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
      failures: compute.failures(),
    }
  }
}

function digits(window: Window, counter: string): Quantity {
  const value = window.exact(counter)
  return typeof value === 'bigint' ? quantity(value) : value
}
