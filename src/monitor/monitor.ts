// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import { PktspotError } from '../errors.ts'
import { createDetector } from '../spot/spot.ts'
import { checkCounters } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { createObserver, type Observer } from './observer.ts'
import { type MonitorSpot, type Node, objections, spotOptions } from './options.ts'
import type { Sample } from './sample.ts'
import type { DetectorOf } from './state/memory.ts'

/** Stretch of `recentMax` and `recentMin` in seconds. */
const RECENT_SECONDS = 60

/** What is monitored, and how: all that may change while the program runs. */
export interface Monitored {
  readonly statistics: readonly Statistic[]
  readonly catalog: Catalog
  readonly spot: MonitorSpot
  /** Sources that share the node's false alarms; as many as before where it is left out. */
  readonly sources?: number
}

/** What one source's monitor is made of. */
export interface MonitorOptions extends Monitored {
  /** Length of a window. */
  readonly periodSeconds: number
  readonly sources: number
  /** Lengths of window that share them. */
  readonly lengths: number
  /** Told once of each statistic that fails to compute. */
  readonly warn?: (line: string) => void
  /** Gives detectors that know something already; without it all are new. */
  readonly detectorOf?: DetectorOf | undefined
}

/** Turns one source's windows, in their order, into judged samples. */
export interface Monitor {
  observe(window: Window): readonly Sample[]
  /** Throws SETTINGS when a statistic reads an unknown counter or the thresholds cannot be as set. */
  check(next: Monitored): void
  /** Monitors something else, checked before, from the next window on; what computes the same goes on. */
  change(next: Monitored): void
}

/** Makes the function that turns one source's windows into samples; throws like `check`. */
export function createMonitor(options: MonitorOptions): (window: Window) => readonly Sample[] {
  return openMonitor(options).observe
}

/** Begins to monitor one source; throws like `check`. */
export function openMonitor(options: MonitorOptions): Monitor {
  const { periodSeconds, warn } = options
  let { sources } = options
  const detectorOf = options.detectorOf ?? ((_, spot) => createDetector(spot))
  const recent = Math.ceil(RECENT_SECONDS / periodSeconds)
  let observers = new Map<string, Observer>()

  const check = (next: Monitored): void => checkMonitor({ ...options, sources, ...next })
  function change(next: Monitored): void {
    sources = next.sources ?? sources
    const node = nodeOf({ ...options, ...next, sources })
    const observerOf = (statistic: Statistic): Observer => {
      const detector =
        statistic.tails.length > 0
          ? detectorOf(statistic, spotOptions(statistic, next.spot, node), periodSeconds)
          : undefined
      const before = observers.get(statistic.name)
      if (!before?.suits(statistic)) return createObserver(statistic, { detector, recent, warn })
      before.change(statistic, detector)
      return before
    }
    observers = new Map(next.statistics.map((each) => [each.name, observerOf(each)]))
  }
  checkMonitor(options)
  change(options)
  return {
    observe: (window) => [...observers.values()].map(({ observe }) => observe(window)),
    check,
    change,
  }
}

/** Throws SETTINGS when a statistic reads an unknown counter or the thresholds cannot be as set. */
export function checkMonitor(options: MonitorOptions): void {
  const { statistics, catalog, spot } = options
  checkCounters(statistics, catalog)
  const [objection] = objections(statistics, spot, nodeOf(options))
  if (!objection) return
  throw new PktspotError('SETTINGS', `statistic ${objection.statistic}: ${objection.message}`)
}

function nodeOf({ statistics, periodSeconds, sources, lengths }: MonitorOptions): Node {
  const tails = statistics.reduce((sum, statistic) => sum + statistic.tails.length, 0)
  return { periodSeconds, sources, lengths, tails }
}
