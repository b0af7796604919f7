// SPDX-License-Identifier: Apache-2.0

/** Columns of an expression that are shown around a mistake. */
const SHOWN = 72

/** A mistake in an expression, with where it is. */
export class ExpressionMistake extends Error {
  /** Offset in the expression. */
  readonly at: number
  /** Characters that are wrong; 0 at the end of the text. */
  readonly length: number

  constructor(message: string, at: number, length: number) {
    super(message)
    this.name = 'ExpressionMistake'
    this.at = at
    this.length = length
  }
}

/** Shows a stretch of an expression with carets under it: two lines. */
export function pointedAt(text: string, at: number, length: number): string {
  const lineStart = text.slice(0, at).lastIndexOf('\n') + 1
  const [line = ''] = text.slice(lineStart).split('\n', 1)
  const column = at - lineStart
  const from = Math.max(0, column - SHOWN / 2)
  const shown = line.slice(from, from + SHOWN).replaceAll(/\s|\p{Cc}/gu, ' ')
  const carets = Math.min(Math.max(1, length), Math.max(1, shown.length - (column - from)))
  return `${shown.trimEnd()}\n${' '.repeat(column - from)}${'^'.repeat(carets)}`
}
