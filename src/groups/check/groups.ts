// SPDX-License-Identifier: Apache-2.0
import type { FedGroupSetting, GroupItem, GroupSetting } from '../../settings/counter-groups.ts'
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'
import { nearest } from '../../settings/suggest.ts'
import { cellPlan, MOST_CELLS } from '../cells.ts'
import type { Group } from '../group.ts'
import { LAYER_NAMES } from '../layers.ts'
import { fedGroup, ownGroup } from '../own-group.ts'
import { checkKey } from './key.ts'
import { checkFedMeters, checkMeters } from './meters.ts'
import { checkMetrics, type Metrics, metricsOf } from './metrics.ts'
import { object, type Path } from './objection.ts'

/** Finds what is wrong with the groups that users define and switch, beyond their form. */
export function groupObjections(
  items: readonly GroupItem[],
  builtin: readonly Group[],
): readonly GroupObjection[] {
  const guids = [
    ...builtin,
    ...items.flatMap((item) => (typeof item === 'string' ? [] : [item.control])),
  ]
  const known = new Set(guids.map(({ guid }) => guid.toUpperCase()))
  return items.flatMap((item, index) => {
    if (typeof item === 'string') return checkSwitch(item, builtin, [index])
    const earlier = items.slice(0, index).filter((each) => typeof each !== 'string')
    const taken = [...builtin, ...earlier.map(({ control }) => control)]
    const inside = [
      ...checkControl(item, taken, known, [index, 'control']),
      ...checkKey(item.key, [index, 'key']),
      ...checkMeters(item.meters, [index, 'meters']),
    ]
    if (inside.length > 0) return inside
    return checkWhole(item, [index], metricsOf([...builtin, ...earlier.map(ownGroup)]))
  })
}

/** Finds what is wrong with a group that a plugin feeds, beyond its form. */
export function fedGroupObjections(
  item: FedGroupSetting,
  others: readonly Group[],
): readonly GroupObjection[] {
  const known = new Set([...others, item.control].map(({ guid }) => guid.toUpperCase()))
  const inside = [
    ...checkControl(item, others, known, ['control']),
    ...checkFedDirection(item),
    ...checkFedMeters(item.meters, ['meters']),
  ]
  if (inside.length > 0) return inside
  const group = fedGroup(item)
  return [...checkSeries(group, []), ...checkMetrics(group, [], metricsOf(others))]
}

function checkSwitch(item: string, builtin: readonly Group[], path: Path): GroupObjection[] {
  const word = item.replace(/^!/, '')
  const names = builtin.map(({ name }) => name)
  if (names.some((name) => name.toLowerCase() === word.toLowerCase())) return []
  const advice = { near: nearest(word, names), remedy: 'see pktspot list groups --well-known' }
  return [object(path, item, "a built-in group's name", advice)]
}

function checkControl(
  { control }: Pick<GroupSetting, 'control'>,
  taken: readonly { readonly guid: string; readonly name: string }[],
  known: ReadonlySet<string>,
  path: Path,
): GroupObjection[] {
  const { guid, name, layer, resolver_guid: resolver } = control
  const same = taken.find((each) => each.guid.toUpperCase() === guid.toUpperCase())
  const namesake = taken.find((each) => each.name.toLowerCase() === name.toLowerCase())
  return [
    ...(same
      ? [
          object([...path, 'guid'], guid, 'a GUID that no other group has', {
            remedy: `${same.name} has it, in whatever case; make a new one`,
          }),
        ]
      : []),
    ...(namesake
      ? [
          object([...path, 'name'], name, 'a name that no other group has, in whatever case', {
            remedy: 'choose another name',
          }),
        ]
      : []),
    ...(resolver === undefined || known.has(resolver.toUpperCase())
      ? []
      : [
          object([...path, 'resolver_guid'], resolver, 'the GUID of a group', {
            remedy: 'see pktspot list groups --well-known',
          }),
        ]),
    ...(layer === undefined || LAYER_NAMES.includes(layer)
      ? []
      : [
          object([...path, 'layer'], layer, `one of ${LAYER_NAMES.join(', ')}`, {
            near: nearest(layer, LAYER_NAMES),
          }),
        ]),
  ]
}

/** Finds what only the whole of a group that is good in its parts can have wrong. */
function checkWhole(item: GroupSetting, path: Path, taken: Metrics): GroupObjection[] {
  const group = ownGroup(item)
  const plan = cellPlan(group.meters)
  const uniques = group.direction === 'both' && plan.uniques.length > 0
  const kinds = { adds: 'sums', extremes: 'last, least and greatest values' } as const
  const cells = (['adds', 'extremes'] as const).flatMap((kind) =>
    plan[kind].length <= MOST_CELLS[kind]
      ? []
      : [
          object(
            [...path, 'meters'],
            `meters that need ${plan[kind].length} ${kinds[kind]}`,
            `at most ${MOST_CELLS[kind]}, packets and bytes among the sums`,
            { remedy: 'split the group in two' },
          ),
        ],
  )
  const direction = uniques
    ? [
        object(
          [...path, 'control', 'direction'],
          'both, with a meter of distinct values',
          'receive or transmit',
          {
            remedy: 'the values of both do not add up: make a group for each direction',
          },
        ),
      ]
    : []
  return [...cells, ...direction, ...checkSeries(group, path), ...checkMetrics(group, path, taken)]
}

/* plugins are given received frames */
function checkFedDirection({ control }: FedGroupSetting): GroupObjection[] {
  const { direction = 'receive' } = control
  if (direction === 'receive') return []
  return [object(['control', 'direction'], direction, 'receive, which plugins are given')]
}

function checkSeries({ closed, limits, meters }: Group, path: Path): GroupObjection[] {
  const topN = Math.max(...meters.map((meter) => meter.topN))
  if (closed || limits.maxSeries >= topN) return []
  const expected = `at least the greatest top_n, ${topN}`
  return [object([...path, 'limits', 'max_series'], limits.maxSeries, expected)]
}
