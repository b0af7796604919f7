// SPDX-License-Identifier: Apache-2.0
import type { Amount, Key, Meter } from './answers.ts'
import { bar, heading, make, row } from './dom.ts'
import { short } from './format.ts'

/** Writes a meter's value with its unit; rates are a second. */
export function metered(
  { value }: Amount,
  { units, vartype }: Pick<Meter, 'units' | 'vartype'>,
): string {
  const text = short(value)
  if (value === null) return text
  const isRate = vartype.includes('RATE') && !/ps$|\/s$/.test(units)
  return `${text}${/[kMGTPE]$/.test(text) && units === 'B' ? '' : ' '}${units}${isRate ? '/s' : ''}`
}

/** Makes the rows of a meter's keys, what is other, and the total. */
export function keyRows(meter: Meter): HTMLTableRowElement[] {
  const { top = [], other, total } = meter
  const all = total?.value ?? Number.NaN
  const rows = top.map((key) => keyRow(key, meter, all))
  if (other && top.length > 0) rows.push(sumRow('other', other, meter, all))
  if (total) rows.push(sumRow('total', total, meter, all))
  return rows
}

function keyRow(
  key: Key,
  meter: Pick<Meter, 'units' | 'vartype'>,
  all: number,
): HTMLTableRowElement {
  const name = make('th', { scope: 'row' }, key.key)
  if (key.label !== '' && key.label !== key.key) {
    name.append(' ', make('span', { class: 'label' }, key.label))
  }
  const estimate = key.exact ? '' : '≈ '
  return row(name, number(estimate + metered(key, meter)), share(key.value, all))
}

function sumRow(
  name: string,
  amount: Amount,
  meter: Pick<Meter, 'units' | 'vartype'>,
  all: number,
): HTMLTableRowElement {
  const made = row(
    heading(name, 'row'),
    number(metered(amount, meter)),
    name === 'total' ? '' : share(amount.value, all),
  )
  made.className = name
  return made
}

function number(text: string): HTMLElement {
  return make('td', { class: 'number' }, text)
}

function share(value: number | null, all: number): HTMLElement {
  const part = value === null || !(all > 0) ? Number.NaN : value / all
  const text = Number.isNaN(part) ? '' : `${Math.round(part * 100)} %`
  return make('td', { class: 'share' }, bar(part), make('span', { class: 'share-text' }, text))
}

/** Makes the rows of the greatest keys of all groups: who is behind a value. */
export function topRows(
  groups: Readonly<Record<string, Readonly<Record<string, readonly Key[]>>>>,
): HTMLTableRowElement[] {
  return Object.entries(groups).flatMap(([group, meters]) =>
    Object.entries(meters).flatMap(([meter, keys]) =>
      keys.map((key) => {
        const label =
          key.label === '' || key.label === key.key ? key.key : `${key.key} ${key.label}`
        const value = `${key.exact ? '' : '≈ '}${short(key.value)}`
        return row(`${group}, ${meter}`, label, number(value))
      }),
    ),
  )
}
