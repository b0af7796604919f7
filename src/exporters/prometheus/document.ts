// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../../counters/catalog.ts'
import { OTLP_BLOCKS } from '../otlp/standing.ts'
import { RELOAD_BLOCKS } from '../reload-families.ts'
import { SKIPPED_BLOCKS } from '../skipped-families.ts'
import { collectorBlocks } from './collector.ts'
import { costBlocks } from './cost-families.ts'
import { hostDropBlocks, interfaceDropBlocks } from './drop-families.ts'
import { type Family, sampleName, textType } from './family.ts'
import { groupInfoBlock } from './group-families.ts'
import { groupHealthBlocks } from './group-health-families.ts'
import { packetBlocks, TRANSMIT_LOST } from './packet-families.ts'
import { pluginBlocks } from './plugin-families.ts'
import { programBlocks } from './program-families.ts'
import { sourceBlocks } from './source-families.ts'
import { statisticBlocks } from './statistic-families.ts'

/** Writes the table of our metrics in Markdown, from the definitions that /metrics is written from. */
export function metricsTable(catalog: Catalog): string {
  const rows = families(catalog).map((family) => {
    const labels = family.labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${sampleName(family)}\` | ${textType(family)} | ${labels} | ${cell(family.help)} |`
  })
  const head = ['| Metric | Type | Labels | Meaning |', '|---|---|---|---|']
  return [...head, ...rows, TRANSMITTED, ''].join('\n')
}

/* one row for what would double the table */
const TRANSMITTED =
  '| `pktspot_transmit_…` | | `interface` | What the metric tells whose name has `receive` there, of transmitted frames |'

/** Lists our families in the order of /metrics. */
function families(catalog: Catalog): readonly Family[] {
  const blocks = [
    ...sourceBlocks('', { mode: undefined }),
    ...costBlocks(''),
    ...packetBlocks(catalog, ''),
    { family: TRANSMIT_LOST },
    ...statisticBlocks({}, []),
    ...hostDropBlocks([]),
    ...interfaceDropBlocks(''),
    groupInfoBlock({ guid: '', name: '', description: '' }),
    ...groupHealthBlocks('', ''),
    ...programBlocks(''),
    ...pluginBlocks([]),
    ...RELOAD_BLOCKS,
    ...SKIPPED_BLOCKS,
    ...OTLP_BLOCKS,
    ...collectorBlocks(''),
  ]
  return blocks.map(({ family }) => family)
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
}
