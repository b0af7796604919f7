// SPDX-License-Identifier: Apache-2.0
import type { Statistic } from './answers.ts'
import { type Chart, createChart } from './chart.ts'
import { make, mark, write } from './dom.ts'
import { measure, measured, short } from './format.ts'
import type { Column, Series } from './series.ts'
import { standingOf } from './standing.ts'
import type { Theme } from './theme.ts'

/** One statistic in the list. */
export interface Card {
  readonly item: HTMLLIElement
  /** Writes what holds now; the chart is drawn only where it can be seen. */
  update(
    statistic: Statistic,
    shown: { series: Series; column: Column | undefined; window: number },
  ): void
  setVisible(visible: boolean): void
  destroy(): void
}

const HEIGHT = 92

/** Makes a card; `open` is called when somebody asks for more. */
export function createCard(name: string, theme: Theme, open: () => void): Card {
  const button = make('button', { type: 'button', click: open, 'aria-haspopup': 'dialog' }, name)
  const state = make('span', { class: 'state' })
  const [number, unitName] = [make('strong'), make('span', { class: 'unit' })]
  const value = make('span', { class: 'now' }, number, ' ', unitName)
  const limits = make('span', { class: 'limits' })
  const box = make('div', { class: 'chart', role: 'img' })
  const item = make(
    'li',
    { class: 'card' },
    make('h3', {}, button),
    state,
    make('p', { class: 'figures' }, value, limits),
    box,
  )
  let chart: Chart | undefined
  let visible = false
  let latest: Parameters<Card['update']> | undefined

  const draw = (): void => {
    const [, { series, column, window } = {}] = latest ?? []
    if (!visible || !series || !column || !window) return
    chart ??= createChart(box, { height: HEIGHT, detailed: false, theme })
    chart.show(series, column, window)
  }
  return {
    item,
    update(statistic, shown) {
      latest = [statistic, shown]
      const { kind, text: standing } = standingOf(statistic)
      mark(item, 'data-kind', kind)
      mark(button, 'title', statistic.help)
      write(state, standing)
      const [text, unit] = measured(statistic.value, statistic.unit)
      write(number, text)
      write(unitName, unit)
      write(limits, limitsText(statistic))
      mark(box, 'aria-label', description(statistic, standing))
      draw()
    },
    setVisible(now) {
      visible = now
      draw()
    },
    destroy() {
      chart?.destroy()
    },
  }
}

function limitsText({ upper, lower, tails }: Statistic): string {
  const [least, most] = [tails.lower && lower, tails.upper && upper]
  if (typeof least === 'number' && typeof most === 'number') {
    return `expected ${short(least)} to ${short(most)}`
  }
  if (typeof least === 'number') return `expected ≥ ${short(least)}`
  return typeof most === 'number' ? `expected ≤ ${short(most)}` : ''
}

function description(statistic: Statistic, state: string): string {
  const { name, value, unit, upper, lower, recent_max, recent_min } = statistic
  const parts = [
    `${name}: ${measure(value, unit)}`,
    ...(upper === null ? [] : [`upper threshold ${short(upper)}`]),
    ...(lower === null ? [] : [`lower threshold ${short(lower)}`]),
    state.replace(/^\S+ /, ''),
    `last minute ${short(recent_min)} to ${short(recent_max)}`,
  ]
  return parts.join(', ')
}
