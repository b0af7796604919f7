// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../../counters/catalog.ts'
import { collectorBlocks } from './collector.ts'
import { type Family, sampleName } from './family.ts'
import { packetBlocks } from './packet-families.ts'
import { PROGRAM_BLOCKS } from './program-families.ts'
import { BUILD_INFO } from './registry.ts'
import { sourceBlocks } from './source-families.ts'
import { statisticBlocks } from './statistic-families.ts'

/** Writes the table of our metrics in Markdown, from the definitions that /metrics is written from. */
export function metricsTable(catalog: Catalog): string {
  const rows = families(catalog).map((family) => {
    const labels = family.labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${sampleName(family)}\` | ${family.type} | ${labels} | ${cell(family.help)} |`
  })
  return ['| Metric | Type | Labels | Meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
}

/** Lists our families in the order of /metrics. */
function families(catalog: Catalog): readonly Family[] {
  const blocks = [
    ...sourceBlocks('', undefined),
    ...packetBlocks(catalog, ''),
    ...statisticBlocks({}, []),
    ...PROGRAM_BLOCKS,
    ...collectorBlocks(''),
  ]
  return [...blocks.map(({ family }) => family), BUILD_INFO]
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
}
