// SPDX-License-Identifier: Apache-2.0
import { FUNCTIONS } from './functions.ts'
import { ExpressionMistake } from './mistake.ts'
import { type Node, type Operator, POWER, POWER_OF_COMPARISON, POWER_OF_SIGN } from './node.ts'
import { type Quantity, quantity } from './quantity.ts'
import { type Token, tokens } from './tokens.ts'
import type { Words } from './words.ts'

/** Most characters of an expression. */
export const LENGTH_LIMIT = 1000
/** Most parentheses, signs and choices inside each other. */
const DEPTH_LIMIT = 50

/** Parses an expression whose names are those of `words`; throws ExpressionMistake. */
export function parse(text: string, words: Words): Node {
  if (text.length > LENGTH_LIMIT) {
    throw new ExpressionMistake(
      `longer than ${LENGTH_LIMIT} characters; split it into several statistics`,
      LENGTH_LIMIT,
      text.length - LENGTH_LIMIT,
    )
  }
  return new Parser(tokens(text), words).whole()
}

/** Top-down operator precedence (Pratt, POPL 1973): each word knows how tightly it binds. */
class Parser {
  readonly #tokens: readonly Token[]
  readonly #words: Words
  #next = 0
  #depth = 0
  /** Whether `prev(` is open. */
  #before = false

  constructor(tokens: readonly Token[], words: Words) {
    this.#tokens = tokens
    this.#words = words
  }

  whole(): Node {
    const node = this.#expression(0)
    const rest = this.#take()
    if (rest.kind !== 'end') throw unexpected(rest, 'an operator')
    return node
  }

  #expression(power: number): Node {
    const first = this.#peek()
    if (++this.#depth > DEPTH_LIMIT) {
      throw mistake(`nested more than ${DEPTH_LIMIT} deep; split it into several statistics`, first)
    }
    let left = this.#value()
    for (let own = this.#power(); own > power; own = this.#power()) left = this.#joined(left, own)
    this.#depth--
    return left
  }

  /** How tightly the next word binds what stands before it; 0 when it binds nothing. */
  #power(): number {
    const { kind, text } = this.#peek()
    return kind === 'operator' && Object.hasOwn(POWER, text) ? POWER[text as Operator | '?'] : 0
  }

  #joined(left: Node, power: number): Node {
    const operator = this.#take()
    if (operator.text === '?') {
      const yes = this.#expression(0)
      this.#expect(':')
      return { kind: 'choice', test: left, yes, no: this.#expression(0) }
    }
    const right = this.#expression(power)
    if (power === POWER_OF_COMPARISON && this.#power() === power) {
      throw mistake('comparisons do not chain; use min(A < B, B < C)', this.#peek())
    }
    return { kind: 'binary', operator: operator.text as Operator, sides: [left, right] }
  }

  #value(): Node {
    const token = this.#take()
    if (token.kind === 'number') return { kind: 'number', value: readNumber(token) }
    if (token.kind === 'name') {
      return this.#peek().text === '(' ? this.#call(token) : this.#named(token)
    }
    if (token.text === '-') return { kind: 'negative', of: this.#expression(POWER_OF_SIGN) }
    if (token.text !== '(') throw unexpected(token, 'a counter, a number, a function or (')
    const inner = this.#expression(0)
    this.#expect(')')
    return inner
  }

  #named(token: Token): Node {
    if (token.text === 'seconds') return { kind: 'seconds' }
    const objection = this.#words.objection(token.text)
    if (objection !== undefined) throw mistake(objection, token)
    return { kind: 'counter', name: token.text }
  }

  #call(name: Token): Node {
    this.#take()
    if (name.text === 'prev') return this.#previous(name)
    const callee = FUNCTIONS.get(name.text)
    if (!callee) throw mistake(this.#words.noFunction(name.text), name)
    const values = [this.#expression(0)]
    while (this.#peek().text === ',') {
      this.#take()
      values.push(this.#expression(0))
    }
    this.#expect(')')
    const [least, most] = callee.arity
    if (values.length < least || values.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`
      throw mistake(`${name.text} takes ${wanted} values, not ${values.length}`, name)
    }
    return { kind: 'call', callee, values }
  }

  #previous(name: Token): Node {
    if (this.#before) throw mistake('prev inside prev: only one window back is remembered', name)
    this.#before = true
    const of = this.#expression(0)
    this.#before = false
    this.#expect(')')
    return { kind: 'previous', of }
  }

  #expect(text: string): void {
    const token = this.#take()
    if (token.text !== text) throw unexpected(token, text)
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? END
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }
}

const END: Token = { kind: 'end', text: '', at: 0 }

function readNumber(token: Token): Quantity {
  if (/^\d+$/.test(token.text)) return quantity(BigInt(token.text))
  const value = Number(token.text)
  if (!Number.isFinite(value)) throw mistake(`${token.text} is too large`, token)
  return value
}

function unexpected(token: Token, expected: string): ExpressionMistake {
  const got = token.kind === 'end' ? 'the expression ends' : `got ${token.text}`
  return mistake(`${got}; expected ${expected}`, token)
}

function mistake(message: string, { at, text }: Token): ExpressionMistake {
  return new ExpressionMistake(message, at, text.length)
}
