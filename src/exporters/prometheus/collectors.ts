// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../../counters/catalog.ts'
import type { Latest, Row } from '../latest.ts'
import { lookAt, type Observed } from '../observed.ts'
import type { Collector } from './collector.ts'
import { compileCache } from './compile-cache.ts'
import { type Costing, costBlocks } from './cost-families.ts'
import { compile, encode, type Part } from './encode.ts'
import { type Look, packetBlocks } from './packet-families.ts'
import { type Standing, sourceBlocks } from './source-families.ts'
import { statisticBlocks } from './statistic-families.ts'

/** Writes every source's standing. */
export function sourceCollector(latest: Latest): Collector {
  const cache = compileCache((source: Observed) => sourceBlocks(source.name, source).map(compile))
  const costs = compileCache(({ name }: Observed) => costBlocks(name).map(compile))
  return {
    name: 'sources',
    async collect(syntax) {
      const parts = latest.sources.map((source) => {
        const subject: Standing = { source, lastWindowEnd: latest.end(source) }
        return {
          blocks: cache.get(`${source.mode} ${source.transmit} ${source.name}`, source),
          subject,
        }
      })
      const costing = latest.sources.flatMap((source): Part<Costing>[] => {
        const { cost } = source
        if (!cost) return []
        const subject = { cost, lateness: latest.lateness(source) }
        return [{ blocks: costs.get(source.name, source), subject }]
      })
      cache.sweep()
      costs.sweep()
      const text = [await encode(parts, syntax), await encode(costing, syntax)].join('')
      return { text, complete: true }
    },
  }
}

/** Writes every source's live totals; one that cannot be read is left out. */
export function packetCollector(latest: Latest): Collector {
  const cache = compileCache(({ catalog, name }: Observed) =>
    packetBlocks(catalog, name).map(compile),
  )
  /* a reload may change a source's counters */
  const versions = new WeakMap<Catalog, number>()
  let latestVersion = 0
  const version = (catalog: Catalog): number => {
    const found = versions.get(catalog) ?? latestVersion++
    versions.set(catalog, found)
    return found
  }
  return {
    name: 'packets',
    async collect(syntax) {
      const { sources } = latest
      const parts = sources.flatMap((source) => {
        const reading = lookAt(source)
        if (!reading) return []
        const subject: Look = { reading, window: latest.full(source) }
        return [{ blocks: cache.get(`${version(source.catalog)} ${source.name}`, source), subject }]
      })
      cache.sweep()
      return { text: await encode(parts, syntax), complete: parts.length === sources.length }
    },
  }
}

/** Writes every statistic of every source as the last report had it. */
export function statisticCollector(latest: Latest): Collector {
  const cache = compileCache(({ source, statistic, period, tails }: Row) => {
    const labels = { interface: source, statistic: statistic.name, window: String(period) }
    return statisticBlocks(labels, tails).map(compile)
  })
  return {
    name: 'statistics',
    async collect(syntax) {
      const parts = latest.rows().map((row) => {
        const key = `${row.period} ${row.tails} ${row.statistic.name} ${row.source}`
        return { blocks: cache.get(key, row), subject: row }
      })
      cache.sweep()
      return { text: await encode(parts, syntax), complete: true }
    },
  }
}
