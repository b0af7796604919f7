// SPDX-License-Identifier: Apache-2.0
import { ExpressionMistake } from './mistake.ts'

/** A word of an expression. */
export interface Token {
  readonly kind: 'number' | 'name' | 'operator' | 'end'
  readonly text: string
  /** Offset in the expression. */
  readonly at: number
}

const WORD =
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<operator>[<>=!]=|[-+*/%<>?:(),])/y

/** What people write in other languages, and what to write here. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['&&', 'for "and" write min(A > 1, B > 2)'],
  ['||', 'for "or" write max(A > 1, B > 2)'],
  ['=', 'to compare write =='],
  ['!', 'for "not" write X == 0'],
  ['.', 'there are no members to access'],
  ['^', 'there are no powers: multiply'],
]

/** Splits an expression into its words, the last one the end; throws ExpressionMistake. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  let at = skipBlanks(text, 0)
  while (at < text.length) {
    const token = tokenAt(text, at)
    found.push(token)
    at = skipBlanks(text, at + token.text.length)
  }
  return [...found, { kind: 'end', text: '', at: text.trimEnd().length }]
}

function tokenAt(text: string, at: number): Token {
  WORD.lastIndex = at
  const { number, name, operator } = WORD.exec(text)?.groups ?? {}
  if (operator !== undefined) return { kind: 'operator', text: operator, at }
  if (name !== undefined) return { kind: 'name', text: name, at }
  if (number === undefined) throw unexpected(text, at)
  const [tail = ''] = /^[\w.]*/.exec(text.slice(at + number.length)) ?? []
  if (tail !== '') {
    const written = number + tail
    throw new ExpressionMistake(`${written} is no number`, at, written.length)
  }
  return { kind: 'number', text: number, at }
}

function unexpected(text: string, at: number): ExpressionMistake {
  const [known, advice] = FOREIGN.find(([each]) => text.startsWith(each, at)) ?? []
  const written = known ?? String.fromCodePoint(text.codePointAt(at) ?? 0)
  const hint = advice === undefined ? '' : `; ${advice}`
  return new ExpressionMistake(
    `${JSON.stringify(written)} has no meaning here${hint}`,
    at,
    written.length,
  )
}

function skipBlanks(text: string, at: number): number {
  const offset = text.slice(at).search(/\S/)
  return offset < 0 ? text.length : at + offset
}
