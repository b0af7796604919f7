// SPDX-License-Identifier: Apache-2.0
import type { CountedGroup } from '../groups/views.ts'
import { type Frame, type InterfaceTally, type Tally, together } from './frame.ts'
import { keyColumns } from './key-columns.ts'
import type { Table } from './table.ts'
import { without } from './traffic.ts'
import { trafficCells, trafficColumns } from './traffic-table.ts'
import { short } from './units.ts'

/** Characters that a table needs for units. */
const ROOMY = 76

/** What stands for all interfaces together. */
export const ALL = 'all'

/** What stands for what the interface above transmitted. */
const SENT = '  sent'

/** Lays out what each interface counted and lost; all of them together where there are several. */
export function totalsTable({ interfaces }: Frame, width: number, chosen?: string): Table {
  const roomy = width >= ROOMY
  const all = interfaces.length > 1 ? [{ ...together(interfaces), name: ALL, mode: '' }] : []
  const row = ({ name, mode, total, lost }: Omit<InterfaceTally, 'groups'>) => {
    const mark = all.length > 0 && name === (chosen ?? ALL) ? '> ' : ''
    return {
      cells: [mark + name, ...trafficCells(total, roomy), short(lost), mode],
      alarm: lost > 0 || mode === 'gone',
    }
  }
  return {
    columns: [
      { title: 'Interface', kind: 'words', width: 10 },
      ...trafficColumns(roomy),
      { title: 'Lost', kind: 'number', width: 6 },
      { title: 'Mode', kind: 'words', width: 13 },
    ],
    rows: [
      ...all.map(row),
      ...interfaces.flatMap(({ transmit, ...each }) => [
        row(each),
        ...(transmit ? [row({ ...transmit, name: SENT })] : []),
      ]),
    ],
  }
}

/** Lays out every protocol, those without traffic too, and what is none of them. */
export function protocolsTable(
  groups: readonly CountedGroup[],
  tally: Tally,
  width: number,
): Table | undefined {
  const roomy = width >= ROOMY
  const index = groups.findIndex(({ group }) => group.name === 'protocols')
  const [counted, traffic] = [groups[index], tally.groups[index]]
  if (!counted || !traffic) return undefined
  const { cells } = keyColumns(counted.group, () => '')
  const rows = [
    ...traffic.keys.map((each) => [...cells(each.key), ...trafficCells(each, roomy)]),
    ['other', ...trafficCells(without(traffic.total, traffic.keys), roomy)],
  ]
  return {
    columns: [{ title: 'Protocol', kind: 'words', width: 10 }, ...trafficColumns(roomy)],
    rows: rows.map((row) => ({ cells: row })),
  }
}
