// SPDX-License-Identifier: Apache-2.0
import type { Group } from '../groups/group.ts'
import type { Labeller } from '../groups/labels.ts'
import type { GroupTraffic } from './frame.ts'
import { keyColumns } from './key-columns.ts'
import { type Order, ordered } from './order.ts'
import type { Row, Table } from './table.ts'
import { sumOf, type Traffic, without } from './traffic.ts'
import { trafficCells, trafficColumns } from './traffic-table.ts'

/** How a group is shown. */
export interface GroupPanel {
  /** Lays the keys out for a width: at most `most` of them, and what all others had in a last row. */
  table(traffic: GroupTraffic, view: { order: Order; most: number; width: number }): Table
}

/** Characters from which on there is room for units. */
const ROOMY = 90

/** Longest bar of a histogram. */
const BAR = 20

/** Shows a group; a closed one of ranges keeps their order and has bars, of any other only keys with traffic are shown. */
export function groupPanel(group: Group, labeller: Labeller): GroupPanel {
  const { titles, cells } = keyColumns(group, labeller)
  const isHistogram = group.key.ranges !== undefined
  return {
    table(traffic, { order, most, width }) {
      const roomy = width >= ROOMY
      const used = traffic.keys.filter(({ packets }) => packets > 0)
      const shown = isHistogram ? traffic.keys : ordered(used, order).slice(0, most)
      const row = (words: readonly string[], each: Traffic, bar = ''): Row => ({
        cells: [...words, ...(isHistogram ? [bar] : []), ...trafficCells(each, roomy)],
      })
      const rest = without(traffic.total, shown)
      const all = sumOf(shown).packets
      const rows = shown.map((each) => row(cells(each.key), each, barOf(each.packets, all)))
      const others =
        rest.packets > 0
          ? [
              row(
                titles.map((_, at) => (at ? '' : 'other')),
                rest,
              ),
            ]
          : []
      const words = [...titles, ...(isHistogram ? [''] : [])]
      return {
        columns: [
          ...words.map((title) => ({ title, kind: 'words' as const })),
          ...trafficColumns(roomy),
        ],
        rows: [...rows, ...others],
      }
    },
  }
}

function barOf(packets: number, all: number): string {
  return all > 0 ? '#'.repeat(Math.ceil((BAR * packets) / all)) : ''
}
