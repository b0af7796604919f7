// SPDX-License-Identifier: Apache-2.0
import type { Source } from './capture/source.ts'
import type { Window } from './counters/window.ts'
import type { Exporter } from './exporters/exporter.ts'
import type { Sample } from './monitor/sample.ts'

/** Carries one source's windows through the statistics to the exporters until the source ends. */
export async function run(
  source: Pick<Source, 'name' | 'windows'>,
  observe: (window: Window) => readonly Sample[],
  exporters: readonly Exporter[],
  options: { seconds: number; signal: AbortSignal },
): Promise<void> {
  for await (const window of source.windows(options.seconds, options.signal)) {
    const report = { source: source.name, window, samples: observe(window) }
    await Promise.all(exporters.map((exporter) => exporter.publish(report)))
  }
}
