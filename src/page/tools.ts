// SPDX-License-Identifier: Apache-2.0
import { createChoice } from './choice.ts'
import { make, mark, write } from './dom.ts'
import { clock, duration } from './format.ts'
import type { Pulse } from './loop.ts'

/** What can be chosen, and how the polling fares. */
export interface Tools {
  readonly all: readonly HTMLElement[]
  show(options: {
    readonly interfaces: readonly string[]
    readonly interface: string
    readonly windows: readonly number[]
    readonly window: number
  }): void
  pulse(pulse: Pulse): void
}

export interface ToolsOptions {
  chooseInterface(name: string): void
  chooseWindow(seconds: number): void
  filter(text: string): void
  pause(paused: boolean): void
}

export function createTools(options: ToolsOptions): Tools {
  const interfaces = createChoice('Interface', 'interface', {
    text: (name) => name,
    choose: options.chooseInterface,
  })
  const windows = createChoice('Window', 'window', {
    text: (seconds) => duration(Number(seconds)),
    choose: (seconds) => options.chooseWindow(Number(seconds)),
  })
  const input = () => options.filter(search.value)
  const search = make('input', { type: 'search', placeholder: 'R_SYN', input })
  const filter = make(
    'label',
    { class: 'filter' },
    make('span', { class: 'quiet' }, 'Find'),
    search,
  )
  let paused = false
  const click = (): void => {
    paused = !paused
    write(button, paused ? 'Resume' : 'Pause')
    options.pause(paused)
  }
  const button = make('button', { type: 'button', click }, 'Pause')
  const pulse = make('span', { class: 'pulse quiet' })
  /* told only when it changes from good to bad or back */
  const trouble = make('span', { class: 'trouble', role: 'status' })
  return {
    all: [interfaces.box, windows.box, filter, button, pulse, trouble],
    show(now) {
      interfaces.show(now.interfaces, now.interface)
      windows.show(now.windows.map(String), String(now.window))
    },
    pulse(now) {
      mark(pulse, 'data-kind', now.kind)
      if (now.kind === 'live') write(pulse, `● live, ${clock(now.at)}`)
      else if (now.kind === 'paused') write(pulse, '❚❚ paused')
      else write(pulse, '○ no answer')
      write(trouble, now.kind === 'failed' ? `No answer: ${now.reason}. Trying again.` : '')
    },
  }
}
