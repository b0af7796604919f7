// SPDX-License-Identifier: Apache-2.0
import { withLongerWindows } from '../capture/longer-windows.ts'
import type { Source } from '../capture/source.ts'
import type { Window } from '../counters/window.ts'
import type { Sample } from '../monitor/sample.ts'
import type { Judged } from './statistics-panel.ts'

/** A source and what judges its windows. */
export interface Watched {
  readonly source: Pick<Source, 'name' | 'catalog' | 'windows'>
  readonly observe: (window: Window) => readonly Sample[]
}

/** The statistics of several sources. */
export interface StatisticsWatch {
  /** Those of the last window of each length, source by source. */
  latest(): readonly Judged[]
  /** Resolves when the signal has aborted; rejects when a source fails. */
  readonly done: Promise<void>
}

/** Follows the windows of these lengths, in seconds, until the signal aborts. */
export function watchStatistics(
  watched: readonly Watched[],
  options: { seconds: number; periods: readonly number[]; signal: AbortSignal },
): StatisticsWatch {
  const { seconds, periods, signal } = options
  const latest = new Map<string, readonly Judged[]>()
  async function follow({ source, observe }: Watched): Promise<void> {
    for await (const window of withLongerWindows(source, periods).windows(seconds, signal)) {
      const samples = observe(window)
      const place = { interface: source.name, window: window.period }
      latest.set(
        `${source.name} ${window.period}`,
        samples.map((sample) => ({ ...place, sample })),
      )
    }
  }
  const done = Promise.all(watched.map(follow)).then(() => undefined)
  return { latest: () => [...latest.values()].flat(), done }
}
