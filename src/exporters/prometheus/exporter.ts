// SPDX-License-Identifier: Apache-2.0
import type { MemoryStanding } from '../../monitor/state/node-memory.ts'
import type { Exporter } from '../exporter.ts'
import { createLatest, type Latest } from '../latest.ts'
import type { Watched } from '../observed.ts'
import { type Collector, scrape } from './collector.ts'
import { packetCollector, sourceCollector, statisticCollector } from './collectors.ts'
import { CONTENT_TYPE, compile, encode } from './encode.ts'
import { PROGRAM_BLOCKS } from './program-families.ts'
import { selfRegistry } from './registry.ts'

export interface PrometheusOptions extends Watched {
  readonly version: string
  /** Events a day that all monitored tails together may raise by chance. */
  readonly expectedFalseAlarmsPerDay?: () => number
  /** How the detectors' snapshots fare; undefined when none are kept. */
  readonly memory?: () => MemoryStanding | undefined
}

export interface PrometheusExporter extends Exporter {
  readonly contentType: string
  /** What the exposition is written from, to be shown in other forms too. */
  readonly latest: Latest
  /** Writes the exposition of this moment: live totals, and what the last reports said. */
  render(): Promise<string>
}

/** Keeps what each source's last report said and writes it, with the live totals, at every scrape. */
export function createPrometheusExporter(options: PrometheusOptions): PrometheusExporter {
  const latest = createLatest(options)
  const registry = selfRegistry(options.version)
  const collectors: Collector[] = [
    sourceCollector(latest),
    packetCollector(latest),
    statisticCollector(latest),
    programCollector(options),
    { name: 'process', collect: async () => ({ text: await registry.metrics(), complete: true }) },
  ]
  return {
    name: 'prometheus',
    contentType: CONTENT_TYPE,
    latest,
    publish: latest.publish,
    render: () => scrape(collectors),
    async [Symbol.asyncDispose]() {
      registry.clear()
    },
  }
}

function programCollector(options: PrometheusOptions): Collector {
  const { base: period, expectedFalseAlarmsPerDay = () => Number.NaN } = options
  const { memory = () => undefined } = options
  const part = {
    blocks: PROGRAM_BLOCKS.map(compile),
    subject: { period, expectedFalseAlarmsPerDay, memory },
  }
  return { name: 'program', collect: () => ({ text: encode([part]), complete: true }) }
}
