// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import type { Window } from '../counters/window.ts'
import { countsOf } from '../monitor/carried.ts'
import type { Exporter } from './exporter.ts'
import type { Write } from './ndjson.ts'
import type { Observed } from './observed.ts'
import { openSpool, type SpooledSeries } from './openmetrics-backfill-spool.ts'
import { compile } from './prometheus/encode.ts'
import { type Block, type Family, sampleName } from './prometheus/family.ts'
import { packetBlocks } from './prometheus/packet-families.ts'
import { sourceBlocks } from './prometheus/source-families.ts'
import { statisticBlocks, type Told } from './prometheus/statistic-families.ts'
import { decimal, head } from './prometheus/syntax.ts'

export interface BackfillOptions {
  readonly catalog: Catalog
  /** Length of the base window in seconds. */
  readonly base: number
  readonly write: Write
  /** Says which metrics are wanted by the names of their samples, histograms without suffix; all unless given. */
  readonly wanted?: ((name: string) => boolean) | undefined
}

/** Gathers what reports say for databases of time series. */
export interface Backfill extends Exporter {
  /** Unix milliseconds of the first and last samples; undefined before there is one. */
  readonly span: { readonly from: number; readonly to: number } | undefined
  /** Writes everything: it must be told series by series, so that nothing can be written before the last report. */
  finish(): Promise<void>
}

interface Kept {
  readonly family: Family
  /** Spooled lines lack the prefix; those of a histogram stand together and are whole. */
  readonly series: { readonly prefix: string; readonly spooled: SpooledSeries }[]
}

/** Adds the values that its blocks have of a subject at a time in unix milliseconds. */
type Add<S> = (subject: S, time: number) => Promise<void>

/**
 * Writes OpenMetrics with timestamps, as `promtool tsdb create-blocks-from openmetrics` takes it. A window's values are
 * told at its end, when a scrape would first have seen them; totals begin with 0 at the start of a source's first window.
 */
export async function createBackfill(options: BackfillOptions): Promise<Backfill> {
  const { catalog, base, write, wanted = () => true } = options
  const spool = await openSpool()
  const families = new Map<string, Kept>()
  const sources = new Map<string, ReturnType<typeof sourceOf>>()
  let span: { from: number; to: number } | undefined

  function adding<S>(blocks: readonly Block<S>[]): Add<S> {
    const lines = blocks
      .filter(({ family }) => wanted(sampleName(family)))
      .flatMap((block) => {
        const { family, lines } = compile(block)
        const kept = families.get(family.name) ?? { family, series: [] }
        families.set(family.name, kept)
        const begin = (prefix: string): SpooledSeries => {
          const spooled = spool.series()
          kept.series.push({ prefix, spooled })
          return spooled
        }
        if (family.type === 'histogram') {
          const spooled = begin('')
          return lines.map(({ openPrefix, value }) => ({ lead: openPrefix, value, spooled }))
        }
        return lines.map(({ openPrefix, value }) => ({
          lead: '',
          value,
          spooled: begin(openPrefix),
        }))
      })
    return async (subject, time) => {
      if (lines.length === 0) return
      span = { from: Math.min(span?.from ?? time, time), to: Math.max(span?.to ?? time, time) }
      const stamp = ` ${time / 1000}\n`
      for (const { lead, value, spooled } of lines) {
        const full = spooled.add(lead + decimal(value(subject)) + stamp)
        if (full) await full
      }
    }
  }

  function sourceOf(name: string) {
    const blocks = packetBlocks(catalog, name)
    const growing = ({ type }: Family): boolean => type === 'counter' || type === 'histogram'
    return {
      standing: adding(sourceBlocks(name, { mode: 'pcap-file' })),
      totals: adding(blocks.filter(({ family }) => growing(family))),
      others: adding(blocks.filter(({ family }) => !growing(family))),
      statistics: new Map<string, Add<Told>>(),
      reading: undefined as Reading | undefined,
    }
  }
  return {
    name: 'openmetrics-backfill',
    get span() {
      return span
    },
    async publish({ source: name, window, samples }) {
      /* of the sources before nothing more will come */
      if (!sources.has(name)) await spool.flush()
      const source = sources.get(name) ?? sourceOf(name)
      sources.set(name, source)
      const { start, period } = window
      const time = start.getTime() + Math.round(period * 1000)
      if (period === base) {
        if (!source.reading) {
          await source.totals({ reading: nothing(window.counts), window }, start.getTime())
        }
        source.reading = sum(source.reading ?? nothing(window.counts), window)
        const look = { reading: source.reading, window }
        await source.totals(look, time)
        await source.others(look, time)
        const observed: Observed = { ...STANDING, name, catalog, look: () => look.reading }
        await source.standing({ source: observed, lastWindowEnd: new Date(time) }, time)
      }
      for (const sample of samples) {
        const { statistic, status } = sample
        const key = `${period} ${statistic.name}`
        const labels = { interface: name, statistic: statistic.name, window: String(period) }
        const tails = status?.tails.map(({ tail }) => tail) ?? []
        const add = source.statistics.get(key) ?? adding(statisticBlocks(labels, tails))
        source.statistics.set(key, add)
        await add({ sample, counts: countsOf(sample), alarms: {} }, time)
      }
    },
    async finish() {
      for (const { family, series } of families.values()) {
        if (series.length === 0) continue
        await write(head(family, { openMetrics: true }))
        for (const { prefix, spooled } of series) {
          for await (const lines of spooled.read()) {
            await write(`${prefix}${lines.slice(0, -1).replaceAll('\n', `\n${prefix}`)}\n`)
          }
        }
      }
      await write('# EOF\n')
    },
    async [Symbol.asyncDispose]() {
      await spool[Symbol.asyncDispose]()
    },
  }
}

/** How a source of windows that are over stood. */
const STANDING = { mode: 'pcap-file', up: true, reattachments: 0 } as const

function nothing({ slots, distinct, clocks }: Reading): Reading {
  return {
    slots: new BigUint64Array(slots.length),
    distinct: new Float64Array(distinct.length),
    clocks,
    lost: 0n,
  }
}

function sum(before: Reading, { counts }: Window): Reading {
  return {
    slots: before.slots.map((slot, index) => slot + (counts.slots[index] ?? 0n)),
    distinct: counts.distinct,
    clocks: counts.clocks,
    lost: before.lost + counts.lost,
  }
}
