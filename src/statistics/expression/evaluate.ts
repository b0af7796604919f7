// SPDX-License-Identifier: Apache-2.0
import type { Node, Operator } from './node.ts'
import { add, divide, multiply, negate, type Quantity, remainder, subtract } from './quantity.ts'

/** What an expression reads of one window. */
export interface Scope {
  /** Values of the counters, in the order of their names. */
  readonly values: readonly Quantity[]
  readonly seconds: number
}

/** Computes from a window and the one before it, where there is one. */
export type Evaluate = (now: Scope, before: Scope | undefined) => Quantity

/** Makes an expression's tree into a function; `names` are those of the scope's values. */
export function evaluator(node: Node, names: readonly string[]): Evaluate {
  const of = (inner: Node): Evaluate => evaluator(inner, names)
  switch (node.kind) {
    case 'number':
      return () => node.value
    case 'counter': {
      const index = names.indexOf(node.name)
      return ({ values }) => values[index] ?? Number.NaN
    }
    case 'seconds':
      return ({ seconds }) => seconds
    case 'previous': {
      const value = of(node.of)
      return (_, before) => (before ? value(before, undefined) : Number.NaN)
    }
    case 'negative': {
      const value = of(node.of)
      return (now, before) => negate(value(now, before))
    }
    case 'binary': {
      const [left, right] = [of(node.sides[0]), of(node.sides[1])]
      const apply = OPERATIONS[node.operator]
      return (now, before) => apply(left(now, before), right(now, before))
    }
    case 'choice': {
      const [test, yes, no] = [of(node.test), of(node.yes), of(node.no)]
      return (now, before) => {
        const answer = test(now, before)
        return Number.isNaN(answer) ? Number.NaN : (answer ? yes : no)(now, before)
      }
    }
    case 'call': {
      const values = node.values.map(of)
      return (now, before) => node.callee.apply(values.map((value) => value(now, before)))
    }
  }
}

/** Names of the counters that an expression reads, in the order of their first mention. */
export function countersOf(node: Node): readonly string[] {
  switch (node.kind) {
    case 'number':
    case 'seconds':
      return []
    case 'counter':
      return [node.name]
    case 'previous':
    case 'negative':
      return countersOf(node.of)
    case 'binary':
      return distinct(node.sides)
    case 'choice':
      return distinct([node.test, node.yes, node.no])
    case 'call':
      return distinct(node.values)
  }
}

function distinct(nodes: readonly Node[]): readonly string[] {
  return [...new Set(nodes.flatMap(countersOf))]
}

const OPERATIONS: Readonly<Record<Operator, (a: Quantity, b: Quantity) => Quantity>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '<': comparison((a, b) => a < b),
  '<=': comparison((a, b) => a <= b),
  '>': comparison((a, b) => a > b),
  '>=': comparison((a, b) => a >= b),
  '==': comparison((a, b) => a <= b && a >= b),
  '!=': comparison((a, b) => a < b || a > b),
}

/** Compares with all digits to 1 or 0; beside NaN there is no answer. */
function comparison(holds: (a: Quantity, b: Quantity) => boolean): typeof add {
  return (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Number(holds(a, b)))
}
