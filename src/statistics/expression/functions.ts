// SPDX-License-Identifier: Apache-2.0
import { negate, type Quantity } from './quantity.ts'

/** A function of expressions. */
export interface ExpressionFunction {
  /** How many arguments it takes at least and at most. */
  readonly arity: readonly [least: number, most: number]
  apply(values: readonly Quantity[]): Quantity
}

/** The functions, by name. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map([
  ['min', { arity: [2, 8], apply: (values) => extreme(values, (a, b) => a < b) }],
  ['max', { arity: [2, 8], apply: (values) => extreme(values, (a, b) => a > b) }],
  ['abs', { arity: [1, 1], apply: ([value = 0]) => (value < 0 ? negate(value) : value) }],
  ['log', logarithm(Math.log)],
  ['log2', logarithm(Math.log2)],
  ['sqrt', { arity: [1, 1], apply: ([value = 0]) => Math.sqrt(Number(value)) }],
] satisfies [string, ExpressionFunction][])

/** NaN among the values is the extreme, since no answer is not zero. */
function extreme(
  values: readonly Quantity[],
  better: (a: Quantity, b: Quantity) => boolean,
): Quantity {
  return values.reduce((best, value) => (Number.isNaN(best) || better(best, value) ? best : value))
}

/** The logarithm of 0 is NaN, like a division by it. */
function logarithm(of: (value: number) => number): ExpressionFunction {
  return { arity: [1, 1], apply: ([value = 0]) => (value > 0 ? of(Number(value)) : Number.NaN) }
}
