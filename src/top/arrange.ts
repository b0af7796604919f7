// SPDX-License-Identifier: Apache-2.0
import type { CountedGroup } from '../groups/views.ts'
import type { Controls } from './controls.ts'
import { together } from './frame.ts'
import { protocolsTable, totalsTable } from './header.ts'
import { blank, footerLine, helpLines, line, panelTitle, tabsLine, titleLine } from './lines.ts'
import type { Panel, Scene, Shown } from './panels.ts'
import { type Line, type Table, tableLines } from './table.ts'

/** What does not change while the view is open. */
export interface Program {
  readonly groups: readonly CountedGroup[]
  readonly panels: readonly Panel[]
  /** Keys of a group that are shown. */
  readonly most: number
  /** Seconds between two frames. */
  readonly interval: number
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Lines of the same width. */
export interface Area {
  readonly width: number
  readonly lines: readonly Line[]
}

/** Areas side by side. */
export type Band = readonly Area[]

/** Characters between areas, and from which width on two of them are side by side. */
const GUTTER = 2
const WIDE = 160

/** Fills a window with what fits: bands from top to bottom that have as many lines as the window together. */
export function arrange(program: Program, scene: Scene, controls: Controls, size: Size): Band[] {
  const { columns, rows } = size
  const shown = shownOf(scene, controls)
  const whole = (lines: readonly Line[]): Band => [{ width: columns, lines }]
  const top = [
    whole([titleLine(scene, controls, columns)]),
    ...headerBands(program, shown, controls, size),
    whole([blank(columns), tabsLine(program.panels, controls, columns)]),
  ]
  const room = rows - heightOf(top) - 1
  const middle = controls.help
    ? [whole(helpLines(columns, program.interval))]
    : panelBands(program, shown, controls, { columns, rows: room })
  const bottom = footerLine(scene, controls, program.panels, columns)
  return clipped([...top, ...middle], rows - 1, columns).concat([whole([bottom])])
}

/** Picks what the chosen interface, or all of them, have to show. */
export function shownOf({ frame, judged }: Scene, controls: Controls): Shown {
  const isChosen = (name: string): boolean =>
    controls.interface === undefined || name === controls.interface
  const tally = together(frame.interfaces.filter(({ name }) => isChosen(name)))
  return { frame, tally, judged: judged.filter((each) => isChosen(each.interface)) }
}

function headerBands(
  { groups }: Program,
  { frame, tally }: Shown,
  controls: Controls,
  { columns, rows }: Size,
): Band[] {
  const width = columns >= WIDE ? halves(columns) : columns
  const least = Math.max(3, Math.floor(rows / 6))
  const totals = tableLines(totalsTable(frame, width, controls.interface), width, least + 1)
  const table = protocolsTable(groups, tally, width)
  const protocols = table ? tableLines(table, width) : []
  if (columns >= WIDE) {
    return [
      [
        { width, lines: totals },
        { width, lines: protocols },
      ],
    ]
  }
  const spaced = protocols.length > 0 ? [blank(width), ...protocols] : []
  return [[{ width, lines: [...totals, ...spaced] }]]
}

function panelBands(program: Program, shown: Shown, controls: Controls, size: Size): Band[] {
  const { panels, most } = program
  const across = size.columns >= WIDE ? 2 : 1
  const width = across === 2 ? halves(size.columns) : size.columns
  /* title, header, keys, what all others had, and a line between */
  const down = Math.max(1, Math.floor((size.rows + 1) / (most + 4)))
  const alone = across * down === 1
  const page = Math.floor(controls.panel / (across * down)) * across * down
  const height = alone ? size.rows : Math.floor((size.rows + 1) / down)
  const area = (at: number): Area => {
    const panel = panels[at]
    if (!panel) return { width, lines: [] }
    const table = panel.table(shown, { order: controls.order, most, width })
    const isSelected = at === controls.panel
    const title: Line[] = alone ? [] : [panelTitle(panel, isSelected, controls, width)]
    const room = height - title.length - (alone ? 0 : 1)
    const lines = tableLines(scrolled(table, isSelected ? controls.scroll : 0, room), width, room)
    const empty = table.rows.length === 0 ? [line('nothing yet', width)] : []
    return { width, lines: [...title, ...lines, ...empty, ...(alone ? [] : [blank(width)])] }
  }
  return Array.from({ length: down }, (_, row) => {
    const first = page + row * across
    return first < panels.length ? Array.from({ length: across }, (_, at) => area(first + at)) : []
  }).filter((band) => band.length > 0)
}

/** Leaves rows out at the top, at most so many that the last one is still at the bottom. */
function scrolled(table: Table, scroll: number, room: number): Table {
  const most = Math.max(0, table.rows.length - (room - 1))
  return { ...table, rows: table.rows.slice(Math.min(scroll, most)) }
}

/** Fills up, or cuts off, to a number of lines. */
function clipped(bands: readonly Band[], rows: number, columns: number): Band[] {
  let left = Math.max(0, rows)
  const kept: Band[] = []
  for (const band of bands) {
    if (left === 0) break
    kept.push(band.map(({ width, lines }) => ({ width, lines: lines.slice(0, left) })))
    left -= Math.min(left, heightOf([band]))
  }
  if (left === 0) return kept
  const lines = Array.from({ length: left }, () => blank(columns))
  return [...kept, [{ width: columns, lines }]]
}

function heightOf(bands: readonly Band[]): number {
  return bands.reduce((sum, band) => sum + Math.max(0, ...band.map(({ lines }) => lines.length)), 0)
}

function halves(columns: number): number {
  return Math.floor((columns - GUTTER) / 2)
}
