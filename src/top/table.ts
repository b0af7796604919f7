// SPDX-License-Identifier: Apache-2.0

/** How a column is laid out. */
export interface Column {
  readonly title: string
  /** Numbers stand at the right and are never cut; words take what room is left. */
  readonly kind: 'words' | 'number'
  /** Characters that a number may need, so that columns do not jump from one frame to the next. */
  readonly width?: number
  /** In a narrow window columns are left out, the highest first. */
  readonly spare?: number
}

/** Rows under a header. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

export interface Row {
  readonly cells: readonly string[]
  /** Something to look at at once. */
  readonly alarm?: boolean
}

/** A line that is no wider than was asked for. */
export interface Line {
  readonly text: string
  readonly style: 'title' | 'header' | 'plain' | 'alarm'
}

const GAP = 2

/** Words get room in multiples of so many characters. */
const STEP = 4

/** Least room for words before numbers are left out. */
const WORDS = 10

/** Lays a table out in this many characters, and gives at most so many lines, the header among them. */
export function tableLines(table: Table, width: number, height = Number.POSITIVE_INFINITY): Line[] {
  const shown = fitting(table.columns, width)
  const pick = (cells: readonly string[]): string[] => shown.map((index) => cells[index] ?? '')
  const columns = shown.map((index) => table.columns[index] as Column)
  const header = pick(table.columns.map(({ title }) => title))
  const rows = table.rows.slice(0, Math.max(0, height - 1))
  const widths = widthsOf(columns, [header, ...rows.map(({ cells }) => pick(cells))], width)
  const line = (cells: readonly string[]): string =>
    joined(
      columns.map((column, at) => cell(cells[at] ?? '', column, widths[at] ?? 0)),
      width,
    )
  return [
    { text: line(header), style: 'header' },
    ...rows.map(({ cells, alarm }): Line => {
      return { text: line(pick(cells)), style: alarm ? 'alarm' : 'plain' }
    }),
  ]
}

/** Cuts a text in its middle, where addresses differ least. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text
  if (width <= 1) return text.slice(0, Math.max(0, width))
  const tail = Math.floor((width - 1) / 2)
  return `${text.slice(0, width - 1 - tail)}…${tail > 0 ? text.slice(-tail) : ''}`
}

/** Cuts or fills a text to a width; what cannot be printed is a question mark. */
export function filled(text: string, width: number): string {
  return cut(text.replaceAll(/\p{C}/gu, '?'), width).padEnd(width)
}

function joined(cells: readonly string[], width: number): string {
  return cells.join(' '.repeat(GAP)).slice(0, width).trimEnd()
}

function cell(text: string, { kind }: Column, width: number): string {
  return kind === 'number' ? text.padStart(width) : filled(text, width)
}

/** Columns that there is room for, by their positions. */
function fitting(columns: readonly Column[], width: number): number[] {
  const least = ({ kind, title, width = kind === 'number' ? 0 : WORDS }: Column): number =>
    kind === 'number' ? Math.max(width, title.length) : Math.min(width, WORDS)
  const shown = [...columns.keys()]
  const needed = (): number =>
    shown.reduce((sum, index) => sum + least(columns[index] as Column) + GAP, -GAP)
  while (needed() > width) {
    const spare = shown.filter((index) => columns[index]?.spare !== undefined)
    const first = spare.sort((a, b) => (columns[b]?.spare ?? 0) - (columns[a]?.spare ?? 0))[0]
    if (first === undefined) break
    shown.splice(shown.indexOf(first), 1)
  }
  return shown
}

/** Numbers get what they need; words share the rest, the longest giving way first, in steps that they seldom outgrow. */
function widthsOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map((column, at) => {
    const longest = Math.max(column.width ?? 0, ...rows.map((cells) => (cells[at] ?? '').length))
    return column.kind === 'number' ? longest : Math.ceil(longest / STEP) * STEP
  })
  const words = [...columns.keys()].filter((at) => columns[at]?.kind === 'words')
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP, -GAP)
  for (let over = total() - width; over > 0; over--) {
    const longest = words.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0]
    if (longest === undefined || (widths[longest] ?? 0) <= 1) break
    widths[longest] = (widths[longest] ?? 0) - 1
  }
  return widths
}
