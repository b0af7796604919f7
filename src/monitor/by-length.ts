// SPDX-License-Identifier: Apache-2.0
import type { Window } from '../counters/window.ts'
import { checkMonitor, type Monitor, type MonitorOptions, openMonitor } from './monitor.ts'
import type { Sample } from './sample.ts'

/** What one source's monitors are made of, one a length of window in seconds. */
export interface MonitorsOptions extends Omit<MonitorOptions, 'periodSeconds' | 'lengths'> {
  readonly periods: readonly number[]
}

/** Makes the function of one source's monitors; a window of another length has no samples. Throws like createMonitor. */
export function createMonitors(options: MonitorsOptions): (window: Window) => readonly Sample[] {
  return openMonitors(options).observe
}

/** Begins to monitor one source over windows of several lengths; throws like `check`. */
export function openMonitors(options: MonitorsOptions): Monitor {
  const { periods, warn, ...shared } = options
  const told = new Set<string>()
  const once = (line: string): void => {
    if (told.has(line)) return
    told.add(line)
    warn?.(line)
  }
  const monitors = new Map(
    periods.map((periodSeconds) => [
      periodSeconds,
      openMonitor({ ...shared, warn: once, periodSeconds, lengths: periods.length }),
    ]),
  )
  return {
    observe: (window) => monitors.get(window.period)?.observe(window) ?? [],
    check(next) {
      for (const each of monitors.values()) each.check(next)
    },
    change(next) {
      for (const each of monitors.values()) each.change(next)
    },
  }
}

/** Throws SETTINGS when such monitors cannot be. */
export function checkMonitors({ periods, ...shared }: MonitorsOptions): void {
  for (const periodSeconds of periods) {
    checkMonitor({ ...shared, periodSeconds, lengths: periods.length })
  }
}
