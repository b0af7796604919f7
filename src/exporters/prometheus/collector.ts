// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import { compile, encode, type Part } from './encode.ts'
import type { Block } from './family.ts'
import type { Syntax } from './syntax.ts'

/**
 * Writes one group of families at a scrape; what it throws is its failure alone. Series that come and go keep their
 * compiled labels in a `compileCache`, whose `get` is asked for every series of the scrape before `sweep` is called.
 */
export interface Collector {
  /** Value of the label `collector`. */
  readonly name: string
  /** Gives the group's text; `complete` is false when a source could not be read. */
  collect(syntax: Syntax): Collected | Promise<Collected>
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
export async function scrape(collectors: readonly Collector[], syntax: Syntax): Promise<string> {
  const texts: string[] = []
  const outcomes: Part<Outcome>[] = []
  for (const collector of collectors) {
    await turn()
    const begin = performance.now()
    const { text, complete } = await attempt(collector, syntax)
    const seconds = (performance.now() - begin) / 1000
    texts.push(text)
    const blocks = collectorBlocks(collector.name).map(compile)
    outcomes.push({ blocks, subject: { seconds, complete } })
  }
  texts.push(await encode(outcomes, syntax))
  return texts.join('')
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

async function attempt(collector: Collector, syntax: Syntax): Promise<Collected> {
  try {
    return await collector.collect(syntax)
  } catch {
    return { text: '', complete: false }
  }
}
