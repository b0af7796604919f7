// SPDX-License-Identifier: Apache-2.0
import type { Window } from '../counters/window.ts'
import { createMonitor, type MonitorOptions } from './monitor.ts'
import type { Sample } from './sample.ts'

/**
 * Makes one source's monitors, one a length of window in seconds, as one function; a window of another length has no
 * samples. Throws like createMonitor.
 */
export function createMonitors(
  options: Omit<MonitorOptions, 'periodSeconds' | 'lengths'> & { periods: readonly number[] },
): (window: Window) => readonly Sample[] {
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
      createMonitor({ ...shared, warn: once, periodSeconds, lengths: periods.length }),
    ]),
  )
  return (window) => monitors.get(window.period)?.(window) ?? []
}
