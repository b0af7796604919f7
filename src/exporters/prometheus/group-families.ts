// SPDX-License-Identifier: Apache-2.0
import type { Group, Meter } from '../../groups/group.ts'
import { keyLabels } from '../../groups/key-text.ts'
import type { Labeller } from '../../groups/labels.ts'
import type { MeterCells } from '../../groups/meters.ts'
import { groupMetric, type MeterFamily } from '../../groups/names.ts'
import type { CountedGroup, Gauge } from '../../groups/views.ts'
import type { Block, Labels, Series } from './family.ts'

/** What one series of a group's families is read off: a key, all other keys, or all keys. */
export interface Counts {
  readonly sums: readonly bigint[]
  readonly gauges: readonly (Gauge | undefined)[]
}

/** Label of the series that has what no other series has; OpenTelemetry's name for it. */
export const OVERFLOW = 'otel_metric_overflow'

type Counted = Pick<CountedGroup, 'group' | 'cells'>

/** Gives the series of a key, in the families of every meter of its group. */
export function keyBlocks(
  counted: Counted,
  source: string,
  values: readonly string[],
): Block<Counts>[] {
  const labels = keyLabels(counted.group).map((label, index) => [label, values[index] ?? ''])
  return meterBlocks(counted, { interface: source, ...Object.fromEntries(labels) }, () => true)
}

/** Gives the series of what is not in any key's: gauges have none, since they do not add up. */
export function otherBlocks(counted: Counted, source: string): Block<Counts>[] {
  const labels = { interface: source, [OVERFLOW]: 'true' }
  return meterBlocks(counted, labels, ({ type }) => type !== 'gauge')
}

/** Gives the series over all keys. */
export function allBlocks({ group, cells }: Counted, source: string): Block<Counts>[] {
  return group.meters.flatMap((meter) => {
    const { all, scale } = groupMetric(group, meter)
    if (all === undefined) return []
    const help = `${meter.description}: all keys together`
    const value = sumOf(cells[meter.id]?.sum, scale)
    return [
      {
        family: { name: all, type: 'counter' as const, help, labels: ['interface'] },
        series: [{ labels: { interface: source }, value }],
      },
    ]
  })
}

function meterBlocks(
  { group, cells }: Counted,
  labels: Labels,
  wanted: (family: MeterFamily) => boolean,
): Block<Counts>[] {
  return group.meters.flatMap((meter) => {
    const { families, scale } = groupMetric(group, meter)
    return families.filter(wanted).map((family) => ({
      family: {
        name: family.name,
        type: family.type,
        help: meter.description,
        labels: ['interface', ...keyLabels(group), ...(family.type === 'gauge' ? [] : [OVERFLOW])],
      },
      series: seriesOf(family, meter, { labels, cells: cells[meter.id] ?? {}, scale }),
    }))
  })
}

function seriesOf(
  { type, value: what }: MeterFamily,
  { id }: Meter,
  { labels, cells, scale }: { labels: Labels; cells: MeterCells; scale: number },
): Series<Counts>[] {
  const sum = { labels, value: sumOf(cells.sum, scale) }
  if (type === 'summary') {
    const count = { labels, value: sumOf(cells.count, 1) }
    return [
      { ...sum, suffix: '_sum' },
      { ...count, suffix: '_count' },
    ]
  }
  if (what === 'sum') return [sum]
  return [{ labels, value: ({ gauges }) => (gauges[id]?.[what] ?? Number.NaN) * scale }]
}

function sumOf(cell: number | undefined, scale: number): Series<Counts>['value'] {
  const factor = Number.isInteger(scale) ? BigInt(scale) : undefined
  return ({ sums }) => {
    const sum = sums[cell ?? -1] ?? 0n
    return factor === undefined ? Number(sum) * scale : sum * factor
  }
}

/** Gives a group's own series. */
export function groupInfoBlock({
  guid,
  name,
  description,
}: Pick<Group, 'guid' | 'name' | 'description'>): Block<undefined> {
  return {
    family: {
      name: 'pktspot_group',
      type: 'info',
      help: 'A counter group',
      labels: ['group', 'guid', 'description'],
    },
    series: [{ labels: { group: name, guid, description }, value: () => 1 }],
  }
}

/** Gives the series that joins a key with its label; none when the label says no more than the key. */
export function keyInfoBlocks(
  { name }: Group,
  values: readonly string[],
  labelOf: Labeller,
): Block<undefined>[] {
  const key = values.join('/')
  const label = labelOf(values)
  if (label === '' || label === key) return []
  const family = {
    name: 'pktspot_group_key',
    type: 'info' as const,
    help: 'What a key of a counter group is called',
    labels: ['group', 'key', 'label'],
  }
  return [{ family, series: [{ labels: { group: name, key, label }, value: () => 1 }] }]
}
