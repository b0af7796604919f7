// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Notes } from '../capture/pins/notes.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Window } from '../counters/window.ts'
import { checkMonitors, openMonitors } from '../monitor/by-length.ts'
import { type Carried, type Counts, carriedCounts } from '../monitor/carried.ts'
import { expectedFalseAlarmsPerDay } from '../monitor/expected.ts'
import type { Monitor, Monitored } from '../monitor/monitor.ts'
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
  /** Begins with a source, and with its notes, if it has any by then; throws like runWatch. */
  begin(source: string, notes: () => Notes | undefined): void
  /** Forgets a source. */
  end(source: string): void
  /** Divides the false alarms among the sources of now, as `sharers` says. */
  share(): Promise<void>
  observe(source: string, window: Window): readonly Sample[]
  /** What an earlier process counted of a source's statistic, over windows of a length. */
  before(source: string, statistic: string, period: number): Counts | undefined
  /** With the probabilities in force, all sources and lengths together. */
  expectedFalseAlarmsPerDay(): number
}

export interface WatchParts {
  readonly settings: Settings
  /** The only statistics that are wanted; undefined: those that settings enable. */
  readonly only: readonly string[] | undefined
  /** Sources that share the false alarms from the start on. */
  readonly sources: number
  /** Counters that there are, but not at these sources. */
  readonly lacking: readonly string[]
  /** Counters that statistics may read with these settings. */
  readonly catalog: (settings: Settings) => Catalog
  readonly memory: NodeMemory
  readonly log: Logger
}

/** Begins to watch; throws SETTINGS or USAGE on statistics that cannot be. */
export async function runWatch(parts: WatchParts): Promise<RunWatch> {
  const { settings, only, lacking, catalog, memory, log } = parts
  const least = Math.max(1, parts.sources)
  const periods = windowPeriods(settings)
  const expected = new Map<string, number>()
  const monitors = new Map<string, Monitor>()
  const carried = new Map<string, Carried>()
  let sources = least
  const monitoredUnder = async (settings: Settings): Promise<Monitored> => ({
    statistics: await chosenStatistics(settings, only, { lacking }),
    catalog: catalog(settings),
    spot: settings.spot,
  })
  let current = await monitoredUnder(settings)
  const check = (next: Monitored): void => checkMonitors({ ...next, periods, sources: least })
  check(current)
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
    begin(source, notes) {
      const warn = (line: string): void => log.warn({ interface: source }, line)
      const counts = carriedCounts(notes, warn)
      const of = memory.detectorOf(source)
      const opened = openMonitors({
        ...current,
        periods,
        sources,
        warn,
        detectorOf: of && counts.detectorOf(of),
      })
      monitors.set(source, opened)
      carried.set(source, counts)
    },
    end(source) {
      monitors.delete(source)
      carried.delete(source)
      for (const period of periods) expected.delete(keyOf(source, period))
    },
    async share() {
      const before = sources
      sources = sharers(monitors.size, { before, least })
      if (sources === before) return
      for (const each of monitors.values()) {
        await turn()
        each.change({ ...current, sources })
      }
    },
    observe(source, window) {
      const observed = monitors.get(source)?.observe(window) ?? []
      const samples = carried.get(source)?.carry(observed, window.period) ?? observed
      const alarms = expectedFalseAlarmsPerDay(samples, window.period)
      expected.set(keyOf(source, window.period), alarms)
      return samples
    },
    before: (source, statistic, period) => carried.get(source)?.before(statistic, period),
    expectedFalseAlarmsPerDay: () => [...expected.values()].reduce((sum, each) => sum + each, 0),
    async prepare(settings) {
      const next = await monitoredUnder(settings)
      check(next)
      const before = current
      return { commit: () => take(next), undo: () => take(before) }
    },
  }
}

/**
 * Sources that false alarms are divided among: a power of two that holds those of now, which thresholds do not follow one
 * by one; never fewer than at the start, and fewer than before only when less than half of them are left.
 */
export function sharers(now: number, { before, least }: { before: number; least: number }): number {
  if (now > before || 2 * now < before) return Math.max(least, 2 ** Math.ceil(Math.log2(now || 1)))
  return before
}

function keyOf(source: string, period: number): string {
  return `${source} ${period}`
}
