// SPDX-License-Identifier: Apache-2.0
import type { Detail, TailDetail, TailName } from './answers.ts'
import { heading, make, row } from './dom.ts'
import { clock, exact, percent } from './format.ts'
import type { Series } from './series.ts'

const PROPERTIES: readonly (readonly [
  string,
  (tail: TailDetail, of: Detail, name: TailName) => string,
])[] = [
  [
    'State',
    ({ state, calibration_ratio: done }) =>
      state === 'learning' ? `learning, ${percent(done)}` : state,
  ],
  ['Event', ({ event_open }) => (event_open ? 'open' : 'none open')],
  ['Threshold of the last window', (_, of, name) => exact(of[name])],
  ['Threshold of the next window', ({ next_threshold }) => exact(next_threshold)],
  ['Excess threshold', ({ excess_threshold }) => exact(excess_threshold)],
  ['False-alarm probability q in force', ({ false_alarm_ratio }) => exact(false_alarm_ratio)],
  ['q asked for', ({ target_false_alarm_ratio }) => exact(target_false_alarm_ratio)],
  ['Level', ({ level }) => exact(level)],
  ['Share of values beyond the excess threshold', ({ excess_share }) => exact(excess_share)],
  ['Excesses the fit is made of', ({ stored_excesses }) => String(stored_excesses)],
  ['Shape γ', ({ gamma }) => exact(gamma)],
  ['Scale σ', ({ sigma }) => exact(sigma)],
  [
    'Last alarm',
    ({ last_alarm: last }) => (last ? `${clock(last.time)}, ${exact(last.value)}` : 'none'),
  ],
  ['Windows judged anomalous', ({ anomalies }) => String(anomalies)],
  ['Events', ({ events }) => String(events)],
  ['Windows beyond the excess threshold', ({ excesses }) => String(excesses)],
]

/** Makes the rows that compare both tails; a tail that is not watched is left blank. */
export function tailRows(detail: Detail): HTMLTableRowElement[] {
  const cell = (name: TailName, of: (typeof PROPERTIES)[number][1]) => {
    const tail = detail.tails[name]
    return make('td', { class: 'number' }, tail ? of(tail, detail, name) : '–')
  }
  return PROPERTIES.map(([title, of]) =>
    row(heading(title, 'row'), cell('lower', of), cell('upper', of)),
  )
}

/** Makes the facts that belong to no tail. */
export function facts(detail: Detail): HTMLElement[] {
  const { recent_max, recent_min, windows, failures, recalibrations, n, probability } = detail
  const all: readonly (readonly [string, string])[] = [
    ['Probability of a value this far out', exact(probability)],
    ['Last minute', `${exact(recent_min)} to ${exact(recent_max)}`],
    ['Windows', String(windows)],
    ['Values learned from', n === null ? 'never judged' : String(n)],
    ['Failed computations', String(failures)],
    ['Lasting shifts accepted', String(recalibrations)],
  ]
  return all.map(([name, text]) => make('div', {}, make('dt', {}, name), make('dd', {}, text)))
}

/** Windows of the chart's table. */
const ROWS = 60

/** Makes the chart's numbers, the latest first. */
export function windowRows(series: Series, name: string): HTMLTableRowElement[] {
  const column = series.columns.get(name)
  if (!column) return []
  const verdicts = new Map(
    column.marks.map(({ time, verdict, tail }) => [time, `${verdict}, ${tail}`]),
  )
  const from = Math.max(0, series.times.length - ROWS)
  const rows = series.times.slice(from).map((time, index) => {
    const at = from + index
    const number = (value: number | null | undefined) =>
      make('td', { class: 'number' }, exact(value))
    return row(
      heading(clock(time), 'row'),
      number(column.lower[at]),
      number(column.value[at]),
      number(column.upper[at]),
      verdicts.get(time) ?? '',
    )
  })
  return rows.reverse()
}
