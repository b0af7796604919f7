// SPDX-License-Identifier: Apache-2.0
import type { Reading } from '../../counters/reading.ts'
import type { Sample } from '../../monitor/sample.ts'
import type { TailName } from '../../spot/detector.ts'
import type { Statistic } from '../../statistics/statistic.ts'
import type { Collector } from './collector.ts'
import { type Compiled, compile, encode } from './encode.ts'
import type { Observed, Watched } from './observed.ts'
import { type Look, packetBlocks } from './packet-families.ts'
import type { Published } from './published.ts'
import { type Standing, sourceBlocks } from './source-families.ts'
import { statisticBlocks } from './statistic-families.ts'

type ByName = ReadonlyMap<string, Published>

/** Writes every source's standing. */
export function sourceCollector(sources: readonly Observed[], published: ByName): Collector {
  const blocksOf = remember(({ name, mode }: Observed) => sourceBlocks(name, mode).map(compile))
  return {
    name: 'sources',
    collect() {
      const parts = sources.map((source) => {
        const subject: Standing = { source, lastWindowEnd: published.get(source.name)?.end }
        return { blocks: blocksOf(`${source.mode} ${source.name}`, source), subject }
      })
      return { text: encode(parts), complete: true }
    },
  }
}

/** Writes every source's live totals; one that cannot be read is left out. */
export function packetCollector(sources: readonly Observed[], published: ByName): Collector {
  const blocksOf = remember(({ catalog, name }: Observed) =>
    packetBlocks(catalog, name).map(compile),
  )
  return {
    name: 'packets',
    collect() {
      const parts = sources.flatMap((source) => {
        const reading = lookAt(source)
        if (!reading) return []
        const window = source.up ? published.get(source.name)?.full : undefined
        const subject: Look = { reading, window }
        return [{ blocks: blocksOf(source.name, source), subject }]
      })
      return { text: encode(parts), complete: parts.length === sources.length }
    },
  }
}

/** Writes every statistic of every source as the last report had it. */
export function statisticCollector(
  { sources, statistics, periods }: Watched,
  published: ByName,
): Collector {
  const blocksOf = remember(({ source, statistic, window, tails }: Row) =>
    statisticBlocks({ interface: source, statistic, window }, tails).map(compile),
  )
  const part = (source: Observed, statistic: Statistic, period: number) => {
    const sample = published.get(source.name)?.samples.get(period)?.get(statistic.name)
    const window = String(period)
    const tails = sample ? (sample.status?.tails.map(({ tail }) => tail) ?? []) : statistic.tails
    const row = { source: source.name, statistic: statistic.name, window, tails }
    const blocks = blocksOf(`${window} ${tails} ${statistic.name} ${source.name}`, row)
    return { blocks, subject: source.up ? sample : sample && silenced(sample) }
  }
  return {
    name: 'statistics',
    collect() {
      const parts = sources.flatMap((source) =>
        statistics.flatMap((each) => periods.map((period) => part(source, each, period))),
      )
      return { text: encode(parts), complete: true }
    },
  }
}

/* an interface that is gone says nothing: its last value must not keep an alert firing */
function silenced(sample: Sample): Sample {
  const none = Number.NaN
  return { ...sample, value: none, recentMax: none, recentMin: none, judgement: undefined }
}

interface Row {
  readonly source: string
  readonly statistic: string
  readonly window: string
  readonly tails: readonly TailName[]
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

function lookAt(source: Observed): Reading | undefined {
  try {
    return source.look()
  } catch {
    return undefined
  }
}
