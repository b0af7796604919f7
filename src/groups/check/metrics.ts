// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'
import type { Group, Meter } from '../group.ts'
import { groupMetric } from '../names.ts'
import { object, type Path } from './objection.ts'

/** First words of the program's other metrics: a group named so would run into them. */
const RESERVED = [
  'build',
  'collector',
  'config',
  'expected',
  'exporter',
  'filter',
  'group',
  'last',
  'plugin',
  'process',
  'receive',
  'source',
  'state',
  'statistic',
  'transmit',
  'window',
]

/** Metrics that groups already give, with the group and meter that give them. */
export type Metrics = Map<string, string>

/** Tells which metrics groups give. */
export function metricsOf(groups: readonly Group[]): Metrics {
  return new Map(
    groups.flatMap((group) =>
      group.meters.flatMap((meter) =>
        namesOf(group, meter).map((name): [string, string] => [
          name,
          `${group.name} ${meter.name}`,
        ]),
      ),
    ),
  )
}

/** Finds names that would give two things the same metric. */
export function checkMetrics(group: Group, path: Path, taken: Metrics): GroupObjection[] {
  const [first = ''] = group.name.toLowerCase().split('_')
  if (RESERVED.includes(first)) {
    return [
      object([...path, 'control', 'name'], group.name, `a name that does not begin with ${first}`, {
        remedy: `pktspot_${first}_… are the program's own metrics`,
      }),
    ]
  }
  return group.meters.flatMap((meter, index) => {
    const before = metricsOf([{ ...group, meters: group.meters.slice(0, index) }])
    const clash = namesOf(group, meter).find((name) => taken.has(name) || before.has(name))
    if (clash === undefined) return []
    return [
      object([...path, 'meters', index, 'name'], meter.name, 'a name of its own', {
        remedy: `${taken.get(clash) ?? before.get(clash)} gives the metric ${clash} as well`,
      }),
    ]
  })
}

function namesOf(group: Group, meter: Meter): readonly string[] {
  const { families, all } = groupMetric(group, meter)
  return [...families.map(({ name }) => name), ...(all === undefined ? [] : [all])]
}
