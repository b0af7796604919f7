// SPDX-License-Identifier: Apache-2.0
import { ORDERS, type Order } from './order.ts'

/** What the user chose by keys. */
export interface Controls {
  /** Position of the panel among all. */
  readonly panel: number
  /** Rows of that panel that are scrolled over. */
  readonly scroll: number
  readonly order: Order
  /** Interface that is shown alone; undefined: all. */
  readonly interface: string | undefined
  readonly paused: boolean
  readonly help: boolean
}

export const START: Controls = {
  panel: 0,
  scroll: 0,
  order: 'packets',
  interface: undefined,
  paused: false,
  help: false,
}

/** What there is to choose from. */
export interface Choice {
  readonly panels: number
  readonly interfaces: readonly string[]
}

/** A key: a printed character, or the name of another one. */
export type Pressed = string

/** Keys and what they do, for the help. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['g  tab  right', 'next group'],
  ['shift-tab  left', 'group before'],
  ['up  down', 'scroll the group'],
  ['s', 'sort by packets, bytes or rate'],
  ['i', 'next interface, or all of them'],
  ['p  space', 'pause the view; counting goes on'],
  ['?', 'this help'],
  ['q  Ctrl+C', 'quit'],
]

/** What becomes of the choices when a key is pressed; keys of no meaning change nothing. */
export function pressed(
  controls: Controls,
  key: Pressed,
  { panels, interfaces }: Choice,
): Controls {
  const turn = (by: number): Controls => {
    return { ...controls, panel: (controls.panel + by + panels) % panels, scroll: 0 }
  }
  if (controls.help && key !== '?') return { ...controls, help: false }
  switch (key) {
    case 'g':
    case 'tab':
    case 'right':
      return turn(1)
    case 'shift-tab':
    case 'left':
      return turn(-1)
    case 'down':
      return { ...controls, scroll: controls.scroll + 1 }
    case 'up':
      return { ...controls, scroll: Math.max(0, controls.scroll - 1) }
    case 's':
      return { ...controls, order: after(ORDERS, controls.order) ?? 'packets', scroll: 0 }
    case 'i':
      if (interfaces.length < 2) return controls
      return { ...controls, interface: after([undefined, ...interfaces], controls.interface) }
    case 'p':
    case ' ':
      return { ...controls, paused: !controls.paused }
    case '?':
      return { ...controls, help: !controls.help }
    default:
      return controls
  }
}

function after<T>(list: readonly T[], current: T): T | undefined {
  return list[(list.indexOf(current) + 1) % list.length]
}
