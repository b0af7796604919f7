// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '../exporter.ts'
import { type Collector, scrape } from './collector.ts'
import { packetCollector, sourceCollector, statisticCollector } from './collectors.ts'
import { CONTENT_TYPE, compile, encode } from './encode.ts'
import type { Watched } from './observed.ts'
import { PROGRAM_BLOCKS } from './program-families.ts'
import { type Published, updated } from './published.ts'
import { selfRegistry } from './registry.ts'

export interface PrometheusOptions extends Watched {
  readonly version: string
  /** Events a day that all monitored tails together may raise by chance. */
  readonly expectedFalseAlarmsPerDay?: () => number
}

export interface PrometheusExporter extends Exporter {
  readonly contentType: string
  /** Writes the exposition of this moment: live totals, and what the last reports said. */
  render(): Promise<string>
}

/** Keeps what each source's last report said and writes it, with the live totals, at every scrape. */
export function createPrometheusExporter(options: PrometheusOptions): PrometheusExporter {
  const published = new Map<string, Published>()
  const registry = selfRegistry(options.version)
  const collectors: Collector[] = [
    sourceCollector(options.sources, published),
    packetCollector(options.sources, published),
    statisticCollector(options, published),
    programCollector(options),
    { name: 'process', collect: async () => ({ text: await registry.metrics(), complete: true }) },
  ]
  return {
    name: 'prometheus',
    contentType: CONTENT_TYPE,
    publish(report) {
      const before = published.get(report.source)
      published.set(report.source, updated(before, report, options.base))
    },
    render: () => scrape(collectors),
    async [Symbol.asyncDispose]() {
      registry.clear()
    },
  }
}

function programCollector(options: PrometheusOptions): Collector {
  const { base: period, expectedFalseAlarmsPerDay = () => Number.NaN } = options
  const part = {
    blocks: PROGRAM_BLOCKS.map(compile),
    subject: { period, expectedFalseAlarmsPerDay },
  }
  return { name: 'program', collect: () => ({ text: encode([part]), complete: true }) }
}
