// SPDX-License-Identifier: Apache-2.0
import type { Counters, Histogram } from './answers.ts'
import { bar, heading, make, mark, row, table, write } from './dom.ts'
import { digits, measure, short } from './format.ts'
import type { Rates } from './rates.ts'

/** The totals of one interface. */
export interface CounterList {
  readonly box: HTMLElement
  update(counters: Counters, rates: Rates): void
}

interface Entry {
  readonly total: HTMLElement
  readonly rate: HTMLElement
  readonly item: HTMLElement
}

export function createCounters(): CounterList {
  const list = make('dl', { class: 'counters' })
  const histograms = make('div', { class: 'groups' })
  const none = make('p', { class: 'none', hidden: true }, 'The interface cannot be read.')
  const entries = new Map<string, Entry>()
  const bodies = new Map<string, HTMLTableSectionElement>()

  const entryOf = (name: string): Entry => {
    const known = entries.get(name)
    if (known) return known
    const [total, rate] = [make('dd'), make('dd', { class: 'rate' })]
    const item = make('div', {}, make('dt', {}, name), total, rate)
    const entry = { total, rate, item }
    entries.set(name, entry)
    list.append(item)
    return entry
  }
  const bodyOf = (name: string): HTMLTableSectionElement => {
    const known = bodies.get(name)
    if (known) return known
    const columns = [heading('Up to'), heading('Frames', 'col', 'number'), heading('Share')]
    const { box, body } = table(`${name}: frames by size`, columns)
    bodies.set(name, body)
    histograms.append(make('article', { class: 'panel' }, make('h3', {}, name), box))
    return body
  }
  return {
    box: make('div', {}, none, list, histograms),
    update({ counters, histograms: found }, rates) {
      none.hidden = counters !== null
      for (const [name, value] of Object.entries(counters ?? {})) {
        /* clocks are no counts */
        if (name.endsWith('_TIME')) continue
        const { total, rate, item } = entryOf(name)
        const isDistinct = /^(TRANSMIT_)?NB_UNIQ/.test(name)
        write(total, digits(value))
        write(rate, isDistinct ? 'last window' : perSecond(name, rates.of(name)))
        mark(item, 'data-zero', value === 0 || value === null ? '' : undefined)
      }
      for (const [name, histogram] of Object.entries(found ?? {})) {
        bodyOf(name).replaceChildren(...bucketRows(histogram))
      }
    },
  }
}

function perSecond(name: string, rate: number | undefined): string {
  if (rate === undefined) return ''
  return name.endsWith('BYTES') ? measure(rate, 'bytes per second') : `${short(rate)} /s`
}

function bucketRows({ bounds, counts }: Histogram): HTMLTableRowElement[] {
  const numbers = counts.map(Number)
  const all = numbers.reduce((sum, each) => sum + each, 0)
  return counts.map((count, index) => {
    const part = all > 0 ? (numbers[index] ?? 0) / all : 0
    return row(
      heading(bounds[index] === undefined ? 'more' : `${bounds[index]} B`, 'row'),
      make('td', { class: 'number' }, digits(count)),
      make(
        'td',
        { class: 'share' },
        bar(part),
        make('span', { class: 'share-text' }, `${Math.round(part * 100)} %`),
      ),
    )
  })
}
