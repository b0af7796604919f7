// SPDX-License-Identifier: Apache-2.0
import type { MemoryStanding } from '../../monitor/state/node-memory.ts'
import type { Exporter } from '../exporter.ts'
import { createLatest, type Latest } from '../latest.ts'
import type { Watched } from '../observed.ts'
import { type Told, told } from '../told.ts'
import { type Collector, scrape } from './collector.ts'
import { packetCollector, sourceCollector, statisticCollector } from './collectors.ts'
import { dropCollector } from './drop-collector.ts'
import { type Compiled, compile, encode, type Part } from './encode.ts'
import { groupCollector } from './group-collector.ts'
import { negotiate } from './negotiate.ts'
import { programBlocks } from './program-families.ts'
import { selfRegistry } from './registry.ts'
import { registryCollector } from './registry-collector.ts'

export interface PrometheusOptions extends Watched {
  readonly version: string
  /** Whether OpenMetrics tells when each counter began. */
  readonly created?: boolean
  /** When they began: now, unless they go on from an earlier process. */
  readonly began?: Date
  /** Events a day that all monitored tails together may raise by chance. */
  readonly expectedFalseAlarmsPerDay?: () => number
  /** How the detectors' snapshots fare; undefined when none are kept. */
  readonly memory?: () => MemoryStanding | undefined
  /** What else is told of the program; more may be added. */
  readonly self?: readonly Told[]
}

export interface PrometheusExporter extends Exporter {
  /** What the exposition is written from, to be shown in other forms too. */
  readonly latest: Latest
  /**
   * Writes the exposition of this moment (live totals, and what the last reports said) in the format that the header
   * Accept asks for; `type` is its Content-Type.
   */
  render(accept: string | undefined): Promise<{ type: string; body: string }>
}

/** Keeps what each source's last report said and writes it, with the live totals, at every scrape. */
export function createPrometheusExporter(options: PrometheusOptions): PrometheusExporter {
  const latest = createLatest(options)
  const registry = selfRegistry()
  const { began = new Date() } = options
  const created = options.created ? began.getTime() / 1000 : undefined
  const collectors: Collector[] = [
    sourceCollector(latest),
    packetCollector(latest),
    statisticCollector(latest),
    ...(latest.drops ? [dropCollector(latest.drops, latest)] : []),
    ...(latest.groups ? [groupCollector(latest.groups)] : []),
    programCollector(options),
    registryCollector(registry),
  ]
  return {
    name: 'prometheus',
    latest,
    publish: latest.publish,
    forget: latest.forget,
    async render(accept) {
      const { type, openMetrics } = negotiate(accept)
      const text = await scrape(collectors, { openMetrics, created })
      return { type, body: openMetrics ? `${text}# EOF\n` : text }
    },
    async [Symbol.asyncDispose]() {
      registry.clear()
    },
  }
}

function programCollector({ version, base, self = [], ...options }: PrometheusOptions): Collector {
  const { expectedFalseAlarmsPerDay = () => Number.NaN, memory = () => undefined } = options
  const program = { period: base, expectedFalseAlarmsPerDay, memory }
  const own = told(programBlocks(version), () => program)
  const compiled = new WeakMap<Told, readonly Compiled<unknown>[]>()
  const part = (each: Told): Part<unknown>[] => {
    const subject = each.subject()
    const blocks = compiled.get(each) ?? each.blocks.map(compile)
    compiled.set(each, blocks)
    return subject === undefined ? [] : [{ blocks, subject }]
  }
  return {
    name: 'program',
    collect: async (syntax) => {
      const parts = [own, ...self].flatMap(part)
      return { text: await encode(parts, syntax), complete: true }
    },
  }
}
