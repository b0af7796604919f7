// SPDX-License-Identifier: Apache-2.0
import { make } from './dom.ts'

/** One of several, as buttons in a row. */
export interface Choice {
  readonly box: HTMLElement
  /** Shows these options; hidden while there is nothing to choose. */
  show(options: readonly string[], chosen: string): void
}

export function createChoice(
  legend: string,
  name: string,
  { text, choose }: { text(option: string): string; choose(option: string): void },
): Choice {
  const box = make('fieldset', { class: 'choice' }, make('legend', {}, legend))
  let shown = ''
  return {
    box,
    show(options, chosen) {
      box.hidden = options.length < 2
      const now = JSON.stringify([options, chosen])
      if (now === shown) return
      shown = now
      const labels = options.map((option) => {
        const change = () => choose(option)
        const input = make('input', { type: 'radio', name, value: option, change })
        input.checked = option === chosen
        return make('label', {}, input, make('span', { class: 'choice-face' }, text(option)))
      })
      const focused = box.contains(document.activeElement)
      box.replaceChildren(make('legend', {}, legend), ...labels)
      if (focused) box.querySelector<HTMLInputElement>('input:checked')?.focus()
    },
  }
}
