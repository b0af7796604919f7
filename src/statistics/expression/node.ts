// SPDX-License-Identifier: Apache-2.0
import type { ExpressionFunction } from './functions.ts'
import type { Quantity } from './quantity.ts'

/** An expression as a tree. */
export type Node =
  | { readonly kind: 'number'; readonly value: Quantity }
  | { readonly kind: 'counter'; readonly name: string }
  | { readonly kind: 'seconds' }
  | { readonly kind: 'previous'; readonly of: Node }
  | { readonly kind: 'negative'; readonly of: Node }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly sides: readonly [Node, Node] }
  | { readonly kind: 'choice'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | {
      readonly kind: 'call'
      readonly callee: ExpressionFunction
      readonly values: readonly Node[]
    }

export type Operator = '+' | '-' | '*' | '/' | '%' | '<' | '<=' | '>' | '>=' | '==' | '!='

/** How tightly an operator binds; comparisons do not chain. */
export const POWER: Readonly<Record<Operator | '?', number>> = {
  '?': 1,
  '<': 2,
  '<=': 2,
  '>': 2,
  '>=': 2,
  '==': 2,
  '!=': 2,
  '+': 3,
  '-': 3,
  '*': 4,
  '/': 4,
  '%': 4,
}

/** Binds tighter than any operator between two values. */
export const POWER_OF_SIGN = 5

export const POWER_OF_COMPARISON = POWER['<']
