// SPDX-License-Identifier: Apache-2.0
import type { Logger } from 'pino'
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import { openMonitors } from '../monitor/by-length.ts'
import { expectedFalseAlarmsPerDay } from '../monitor/expected.ts'
import type { Monitored } from '../monitor/monitor.ts'
import type { Sample } from '../monitor/sample.ts'
import type { NodeMemory } from '../monitor/state/node-memory.ts'
import { windowPeriods } from '../settings/capture.ts'
import type { Settings } from '../settings/settings.ts'
import type { Statistic } from '../statistics/statistic.ts'
import type { Reloadable } from './reload.ts'
import { chosenStatistics } from './statistics.ts'

/** The statistics of every source, judged. */
export interface RunWatch extends Reloadable {
  /** Those computed now. */
  readonly statistics: readonly Statistic[]
  observe(source: string, window: Window): readonly Sample[]
  /** With the probabilities in force, all sources and lengths together. */
  expectedFalseAlarmsPerDay(): number
}

export interface WatchParts {
  readonly settings: Settings
  /** The only statistics that are wanted; undefined: those that settings enable. */
  readonly only: readonly string[] | undefined
  /** Names of the sources. */
  readonly names: readonly string[]
  /** Counters that there are, but not at these sources. */
  readonly lacking: readonly string[]
  /** Counters that statistics may read with these settings. */
  readonly catalog: (settings: Settings) => Catalog
  readonly memory: NodeMemory
  readonly log: Logger
}

/** Begins to watch; throws SETTINGS or USAGE on statistics that cannot be. */
export async function runWatch(parts: WatchParts): Promise<RunWatch> {
  const { settings, only, names, lacking, catalog, memory, log } = parts
  const expected = new Map<string, number>()
  const monitoredUnder = async (settings: Settings): Promise<Monitored> => ({
    statistics: await chosenStatistics(settings, only, { lacking }),
    catalog: catalog(settings),
    spot: settings.spot,
  })
  let current = await monitoredUnder(settings)
  const monitors = new Map(
    names.map((name) => [
      name,
      openMonitors({
        ...current,
        periods: windowPeriods(settings),
        sources: names.length,
        warn: (line) => log.warn({ interface: name }, line),
        detectorOf: memory.detectorOf(name),
      }),
    ]),
  )
  /* no window is closed meanwhile: each source has all of the next one under the new statistics */
  function take(next: Monitored): void {
    memory.change(next.spot, next.statistics)
    for (const each of monitors.values()) each.change(next)
    current = next
  }
  return {
    get statistics() {
      return current.statistics
    },
    observe(source, window) {
      const samples = monitors.get(source)?.observe(window) ?? []
      const alarms = expectedFalseAlarmsPerDay(samples, window.period)
      expected.set(`${source} ${window.period}`, alarms)
      return samples
    },
    expectedFalseAlarmsPerDay: () => [...expected.values()].reduce((sum, each) => sum + each, 0),
    async prepare(settings) {
      const next = await monitoredUnder(settings)
      for (const each of monitors.values()) each.check(next)
      const before = current
      return { commit: () => take(next), undo: () => take(before) }
    },
  }
}
