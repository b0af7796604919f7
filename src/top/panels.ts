// SPDX-License-Identifier: Apache-2.0

import type { Group } from '../groups/group.ts'
import type { Labeller } from '../groups/labels.ts'
import type { CountedGroup } from '../groups/views.ts'
import type { Frame, Tally } from './frame.ts'
import { groupPanel } from './group-panel.ts'
import type { Order } from './order.ts'
import { type Judged, statisticsTable } from './statistics-panel.ts'
import type { Table } from './table.ts'

/** What there is to see at one moment. */
export interface Scene {
  readonly frame: Frame
  readonly judged: readonly Judged[]
  /** The latest message; undefined: none that is new. */
  readonly notice: string | undefined
}

/** What panels are made of at one moment. */
export interface Shown {
  readonly frame: Frame
  /** Of the interface that is shown, or of all. */
  readonly tally: Tally
  /** Statistics of the same. */
  readonly judged: readonly Judged[]
}

/** A table that the user can turn to. */
export interface Panel {
  readonly name: string
  /** Whether the order of keys matters to it. */
  readonly sorted: boolean
  /** Rows that it wants, its header not counted; `most` keys are asked for. */
  table(shown: Shown, view: { order: Order; most: number; width: number }): Table
}

/** Groups in the order that they are turned to, and what they are called here; all others follow by their names. */
const FIRST = new Map([
  ['src_ip', 'sources'],
  ['dst_port', 'ports'],
  ['flows', 'flows'],
  ['statistics', 'statistics'],
  ['sizes', 'sizes'],
  ['icmp', 'icmp'],
  ['icmp6', 'icmp6'],
])

/** Makes the panels: one a group but the protocols, which are always shown, and one of the statistics. */
export function panelsOf(
  groups: readonly CountedGroup[],
  labeller: (group: Group) => Labeller,
): readonly Panel[] {
  const own = groups.flatMap(({ group }, index) => {
    if (group.name === 'protocols') return []
    const panel = groupPanel(group, labeller(group))
    const table: Panel['table'] = ({ tally }, view) => {
      const traffic = tally.groups[index]
      return traffic ? panel.table(traffic, view) : { columns: [], rows: [] }
    }
    return [{ id: group.name, sorted: group.key.ranges === undefined, table }]
  })
  const statistics = {
    id: 'statistics',
    sorted: false,
    table: ({ judged, frame }: Shown) =>
      statisticsTable(
        judged,
        new Set(judged.map((each) => each.interface)).size > 1 && frame.interfaces.length > 1,
      ),
  }
  const order = [...FIRST.keys()]
  const place = (id: string): number => (FIRST.has(id) ? order.indexOf(id) : order.length)
  return [...own, statistics]
    .toSorted((a, b) => place(a.id) - place(b.id))
    .map(({ id, ...rest }) => ({ name: FIRST.get(id) ?? id, ...rest }))
}
