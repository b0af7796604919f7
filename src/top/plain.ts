// SPDX-License-Identifier: Apache-2.0
import type { Program } from './arrange.ts'
import { shownOf } from './arrange.ts'
import { START } from './controls.ts'
import { protocolsTable, totalsTable } from './header.ts'
import type { Scene } from './panels.ts'
import { type Table, tableLines } from './table.ts'

/** Characters of a line at most. */
const WIDTH = 120

/** Writes a moment as text: a line with the time, and every table that has rows, the keys by packets. */
export function plainBlock({ groups, panels, most }: Program, scene: Scene): string {
  const shown = shownOf(scene, START)
  const { frame, tally } = shown
  const headed = panels.map(({ name, table }): [string, Table] => [
    name,
    table(shown, { order: START.order, most, width: WIDTH }),
  ])
  const protocols = protocolsTable(groups, tally, WIDTH)
  const tables: [string, Table][] = [
    ['totals', totalsTable(frame, WIDTH)],
    ...(protocols ? ([['protocols', protocols]] as [string, Table][]) : []),
    ...headed,
  ]
  const parts = tables
    .filter(([, { rows }]) => rows.length > 0)
    .map(([name, table]) => `# ${name}\n${text(table)}`)
  return `# ${frame.time.toISOString()}\n${parts.join('\n\n')}\n\n`
}

function text(table: Table): string {
  return tableLines(table, WIDTH)
    .map((line) => line.text)
    .join('\n')
}
