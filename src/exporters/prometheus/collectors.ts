// SPDX-License-Identifier: Apache-2.0
import type { Latest, Row } from '../latest.ts'
import { lookAt, type Observed } from '../observed.ts'
import type { Collector } from './collector.ts'
import { type Compiled, compile, encode } from './encode.ts'
import { type Look, packetBlocks } from './packet-families.ts'
import { type Standing, sourceBlocks } from './source-families.ts'
import { statisticBlocks } from './statistic-families.ts'

/** Writes every source's standing. */
export function sourceCollector(latest: Latest): Collector {
  const blocksOf = remember(({ name, mode }: Observed) => sourceBlocks(name, mode).map(compile))
  return {
    name: 'sources',
    collect() {
      const parts = latest.sources.map((source) => {
        const subject: Standing = { source, lastWindowEnd: latest.end(source) }
        return { blocks: blocksOf(`${source.mode} ${source.name}`, source), subject }
      })
      return { text: encode(parts), complete: true }
    },
  }
}

/** Writes every source's live totals; one that cannot be read is left out. */
export function packetCollector(latest: Latest): Collector {
  const blocksOf = remember(({ catalog, name }: Observed) =>
    packetBlocks(catalog, name).map(compile),
  )
  return {
    name: 'packets',
    collect() {
      const parts = latest.sources.flatMap((source) => {
        const reading = lookAt(source)
        if (!reading) return []
        const subject: Look = { reading, window: latest.full(source) }
        return [{ blocks: blocksOf(source.name, source), subject }]
      })
      return { text: encode(parts), complete: parts.length === latest.sources.length }
    },
  }
}

/** Writes every statistic of every source as the last report had it. */
export function statisticCollector(latest: Latest): Collector {
  const blocksOf = remember(({ source, statistic, period, tails }: Row) => {
    const labels = { interface: source, statistic: statistic.name, window: String(period) }
    return statisticBlocks(labels, tails).map(compile)
  })
  return {
    name: 'statistics',
    collect() {
      const parts = latest.rows().map((row) => {
        const key = `${row.period} ${row.tails} ${row.statistic.name} ${row.source}`
        return { blocks: blocksOf(key, row), subject: row.sample }
      })
      return { text: encode(parts), complete: true }
    },
  }
}

/* labels are written once for all scrapes: that is what keeps ten thousand series cheap */
function remember<T, S>(
  make: (of: T) => Compiled<S>[],
): (key: string, of: T) => readonly Compiled<S>[] {
  const known = new Map<string, readonly Compiled<S>[]>()
  return (key, of) => {
    const blocks = known.get(key) ?? make(of)
    known.set(key, blocks)
    return blocks
  }
}
