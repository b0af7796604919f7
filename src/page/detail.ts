// SPDX-License-Identifier: Apache-2.0
import type { Detail } from './answers.ts'
import { type Chart, createChart } from './chart.ts'
import { facts, tailRows, windowRows } from './detail-rows.ts'
import { heading, make, mark, table, write } from './dom.ts'
import { measure } from './format.ts'
import { topRows } from './keys.ts'
import type { Series } from './series.ts'
import { standingOf } from './standing.ts'
import type { Theme } from './theme.ts'

/** Everything about one statistic, over the page. */
export interface DetailView {
  readonly dialog: HTMLDialogElement
  open(name: string): void
  update(detail: Detail, series: Series, window: number): void
}

const HEIGHT = 240

/** Makes the view; `closed` is called when somebody has had enough. */
export function createDetail(theme: Theme, closed: () => void): DetailView {
  const title = make('h2', { id: 'detail-title' })
  const close = make('button', { type: 'button', click: () => dialog.close() }, 'Close')
  const help = make('p', { class: 'help' })
  const state = make('p', { class: 'now-line' })
  const box = make('div', { class: 'chart', role: 'img' })
  const list = make('dl', { class: 'facts' })
  const tails = table('Tails', [
    heading('Tail'),
    heading('Lower', 'col', 'number'),
    heading('Upper', 'col', 'number'),
  ])
  const keys = table('Who is behind it: greatest keys of the running buckets', [
    heading('Group, meter'),
    heading('Key'),
    heading('Value', 'col', 'number'),
  ])
  const numbers = ['Lower', 'Value', 'Upper'].map((name) => heading(name, 'col', 'number'))
  const windows = table('Last windows', [heading('Began'), ...numbers, heading('Verdict')])
  const more = make('details', {}, make('summary', {}, 'The chart as a table'), windows.box)
  const dialog = make(
    'dialog',
    { 'aria-labelledby': 'detail-title', close: () => closed() },
    make('div', { class: 'bar-top' }, title, close),
    help,
    state,
    box,
    more,
    list,
    make('div', { class: 'tables' }, tails.box, keys.box),
  )
  let chart: Chart | undefined
  let name = ''
  return {
    dialog,
    open(wanted) {
      name = wanted
      write(title, wanted)
      for (const each of [help, state]) write(each, '')
      for (const each of [list, tails.body, keys.body, windows.body]) each.replaceChildren()
      chart?.destroy()
      if (!dialog.open) dialog.showModal()
      chart = createChart(box, { height: HEIGHT, detailed: true, theme })
    },
    update(detail, series, window) {
      if (detail.name !== name) return
      const standing = standingOf(detail)
      write(help, `${detail.help}. Windows of ${window} s.`)
      mark(state, 'data-kind', standing.kind)
      const now = measure(detail.value, detail.unit)
      state.replaceChildren(`${now} `, make('span', { class: 'state' }, standing.text))
      const label = `${name}: ${now}, ${standing.text}; the table below has the chart's numbers`
      mark(box, 'aria-label', label)
      list.replaceChildren(...facts(detail))
      tails.body.replaceChildren(...tailRows(detail))
      keys.body.replaceChildren(...topRows(detail.keys))
      keys.box.hidden = keys.body.childElementCount === 0
      const column = series.columns.get(name)
      if (column) chart?.show(series, column, window)
      windows.body.replaceChildren(...windowRows(series, name))
    },
  }
}
