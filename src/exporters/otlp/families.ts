// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../latest.ts'
import { lookAt } from '../observed.ts'
import { costBlocks } from '../prometheus/cost-families.ts'
import { packetBlocks } from '../prometheus/packet-families.ts'
import { sourceBlocks } from '../prometheus/source-families.ts'
import { statisticBlocks } from '../prometheus/statistic-families.ts'
import { type Measured, measure } from './measured.ts'

/** Measures everything that /metrics tells of sources and statistics; a source that cannot be read is left out. */
export function measureLatest(latest: Latest): Measured[] {
  const sources = latest.sources.flatMap((source) => {
    const blocks = sourceBlocks(source.name, source)
    return measure(blocks, { source, lastWindowEnd: latest.end(source) })
  })
  const costs = latest.sources.flatMap((source) => {
    const { cost } = source
    return cost ? measure(costBlocks(source.name), { cost, lateness: latest.lateness(source) }) : []
  })
  const packets = latest.sources.flatMap((source) => {
    const reading = lookAt(source)
    if (!reading) return []
    const blocks = packetBlocks(source.catalog, source.name)
    return measure(blocks, { reading, window: latest.full(source) })
  })
  const statistics = latest.rows().flatMap((row) => {
    const { source, statistic, period, tails } = row
    const labels = { interface: source, statistic: statistic.name, window: String(period) }
    return measure(statisticBlocks(labels, tails), row)
  })
  return [...sources, ...costs, ...packets, ...statistics]
}
