// SPDX-License-Identifier: Apache-2.0
import { type Compiled, compile, encode } from './encode.ts'
import type { Block } from './family.ts'

/** Writes one group of families at a scrape; what it throws is its failure alone. */
export interface Collector {
  /** Value of the label `collector`. */
  readonly name: string
  /** Gives the group's text; `complete` is false when a source could not be read. */
  collect(): Collected | Promise<Collected>
}

export interface Collected {
  readonly text: string
  readonly complete: boolean
}

interface Outcome {
  readonly seconds: number
  readonly complete: boolean
}

/** Runs the collectors one after the other and measures each; one that fails leaves the others standing. */
export async function scrape(collectors: readonly Collector[]): Promise<string> {
  const texts: string[] = []
  const outcomes: { blocks: Compiled<Outcome>[]; subject: Outcome }[] = []
  for (const collector of collectors) {
    const begin = performance.now()
    const { text, complete } = await attempt(collector)
    const seconds = (performance.now() - begin) / 1000
    texts.push(text)
    const blocks = collectorBlocks(collector.name).map(compile)
    outcomes.push({ blocks, subject: { seconds, complete } })
  }
  return texts.join('') + encode(outcomes)
}

/** Gives the families that the runner writes about a collector. */
export function collectorBlocks(collector: string): Block<Outcome>[] {
  return [
    {
      family: {
        name: 'pktspot_collector_duration_seconds',
        type: 'gauge',
        help: 'Time that writing this group of metrics took at this scrape',
        labels: ['collector'],
      },
      series: [{ labels: { collector }, value: ({ seconds }) => seconds }],
    },
    {
      family: {
        name: 'pktspot_collector_success',
        type: 'gauge',
        help: 'Whether this group of metrics is complete at this scrape',
        labels: ['collector'],
      },
      series: [{ labels: { collector }, value: ({ complete }) => Number(complete) }],
    },
  ]
}

async function attempt(collector: Collector): Promise<Collected> {
  try {
    return await collector.collect()
  } catch {
    return { text: '', complete: false }
  }
}
