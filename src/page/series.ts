// SPDX-License-Identifier: Apache-2.0
import type { History, Mark, Numbers } from './answers.ts'

/** One statistic's last windows, in the order of `Series.times`. */
export interface Column {
  value: Numbers
  upper: Numbers
  lower: Numbers
  marks: readonly Mark[]
}

/** The last windows of one interface and length. */
export interface Series {
  times: readonly string[]
  capacity: number
  readonly columns: Map<string, Column>
}

export function emptySeries(): Series {
  return { times: [], capacity: 0, columns: new Map() }
}

/** Adds windows that came after those there are, and forgets the oldest. */
export function extend(series: Series, more: History): void {
  const { capacity, times } = more
  const before = series.times.length
  const cut = Math.max(0, before + times.length - capacity)
  series.capacity = capacity
  series.times = [...series.times, ...times].slice(cut)
  const oldest = series.times[0] ?? ''
  for (const { name, value, upper, lower, marks } of more.statistics) {
    const old = series.columns.get(name) ?? blank(before)
    series.columns.set(name, {
      value: [...old.value, ...value].slice(cut),
      upper: [...old.upper, ...upper].slice(cut),
      lower: [...old.lower, ...lower].slice(cut),
      marks: [...old.marks, ...marks].filter(({ time }) => time >= oldest),
    })
  }
}

function blank(length: number): Column {
  const none: Numbers = new Array<null>(length).fill(null)
  return { value: none, upper: none, lower: none, marks: [] }
}

/** Times in unix seconds, and a statistic's numbers, with a hole wherever windows are missing. */
export type Plotted = [number[], (number | null)[], (number | null)[], (number | null)[]]

/** Gives a column as a chart takes it. */
export function plotted(series: Series, column: Column, window: number): Plotted {
  const rows: Plotted = [[], [], [], []]
  let last = Number.NaN
  for (const [index, text] of series.times.entries()) {
    const time = Date.parse(text) / 1000
    /* a clock that was set back would make the line run backwards */
    if (time <= last) continue
    if (time - last > 1.5 * window) add(rows, last + window, null, null, null)
    add(rows, time, column.value[index], column.upper[index], column.lower[index])
    last = time
  }
  return rows
}

function add(rows: Plotted, time: number, ...values: readonly (number | null | undefined)[]): void {
  rows[0].push(time)
  rows[1].push(values[0] ?? null)
  rows[2].push(values[1] ?? null)
  rows[3].push(values[2] ?? null)
}
