// SPDX-License-Identifier: Apache-2.0
import type { Counters, Interface } from './answers.ts'
import { heading, make, row, table } from './dom.ts'
import { clock, digits, measure } from './format.ts'
import type { Rates } from './rates.ts'

/** Every interface as it stands. */
export interface InterfaceTable {
  readonly box: HTMLElement
  update(
    interfaces: readonly Interface[],
    counters: readonly Counters[],
    ratesOf: (name: string) => Rates,
  ): void
}

const COLUMNS = ['Interface', 'Mode', 'State', 'Last window ended']
const NUMBERS = [
  'Frames a second',
  'Bytes a second',
  'Sent frames a second',
  'Sent bytes a second',
  'Frames',
  'Lost by the source',
  'Attached again',
]

export function createInterfaces(): InterfaceTable {
  const numbers = NUMBERS.map((name) => heading(name, 'col', 'number'))
  const { box, body } = table(
    'Interfaces',
    [...COLUMNS.map((name) => heading(name)), ...numbers],
    'wide',
  )
  return {
    box,
    update(interfaces, counters, ratesOf) {
      const rows = interfaces.map((each) => {
        const own = counters.find((one) => one.interface === each.name)
        return interfaceRow(each, own, ratesOf(each.name))
      })
      body.replaceChildren(...rows)
    },
  }
}

function interfaceRow(each: Interface, own: Counters | undefined, rates: Rates) {
  const { name, mode, up, reattachments, last_window_end } = each
  const state = make('td', { class: up ? 'up' : 'down' }, up ? '● counting' : '○ down')
  const lost = number(digits(own?.lost))
  lost.classList.toggle('bad', Number(own?.lost ?? 0) > 0)
  return row(
    heading(name, 'row'),
    mode ?? '–',
    state,
    clock(last_window_end),
    number(measure(rates.of('PKTS'), 'packets per second')),
    number(measure(rates.of('BYTES'), 'bytes per second')),
    number(measure(rates.of('TRANSMIT_PKTS'), 'packets per second')),
    number(measure(rates.of('TRANSMIT_BYTES'), 'bytes per second')),
    number(digits(own?.counters?.['PKTS'])),
    lost,
    number(String(reattachments)),
  )
}

function number(text: string): HTMLElement {
  return make('td', { class: 'number' }, text)
}
