// SPDX-License-Identifier: Apache-2.0

/** A terminal's output, as far as a screen needs it. */
export interface Display {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
}

/** The whole window while a view is open. */
export interface Screen {
  /** Shows these lines and nothing else; writes only those that changed. */
  show(lines: readonly string[]): void
  /** Shows everything anew the next time, as after a change of the window's size. */
  forget(): void
  /** Gives the window back as it was; the second time nothing happens. */
  close(): void
}

/* DEC private modes 1049 (alternate screen) and 25 (cursor); ECMA-48: CUP, EL, ED, SGR */
const OPEN = '\u001B[?1049h\u001B[?25l\u001B[2J'
const CLOSE = '\u001B[0m\u001B[?25h\u001B[?1049l'
const CLEAR = '\u001B[2J'
const TO_END = '\u001B[0m\u001B[K'

/** Takes the window over. */
export function openScreen(display: Display): Screen {
  let before: readonly string[] | undefined
  let isOpen = true
  display.write(OPEN)
  return {
    show(lines) {
      if (!isOpen) return
      const known = before && before.length <= lines.length ? before : undefined
      const changed = lines.map((text, row) =>
        known?.[row] === text ? '' : `\u001B[${row + 1};1H${text}${TO_END}`,
      )
      before = lines
      const text = (known ? '' : CLEAR) + changed.join('')
      if (text !== '') display.write(text)
    },
    forget() {
      before = undefined
    },
    close() {
      if (!isOpen) return
      isOpen = false
      display.write(CLOSE)
    },
  }
}
