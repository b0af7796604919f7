// SPDX-License-Identifier: Apache-2.0
import type { SpotOverrides } from '../settings/spot.ts'
import type { Scope } from './expression/evaluate.ts'

/** Values of the counters a statistic named, in its own order. */
export type Values<C extends readonly string[]> = { readonly [K in keyof C]: number }

/** One window as a statistic sees it. */
export interface Look<C extends readonly string[]> {
  readonly values: Values<C>
  /** Length of the window in seconds. */
  readonly seconds: number
  /** The window before; undefined in the first one. */
  readonly previous: Values<C> | undefined
  /** The same with all digits: what is above 2^53 is a bigint. */
  readonly exact: Scope
  /** The window before likewise; undefined in the first one. */
  readonly exactPrevious: Scope | undefined
}

/** A real value computed from one window's counters; pure: its memory is the window before, and detection is elsewhere. */
export interface Statistic<C extends readonly string[] = readonly string[]> {
  readonly name: string
  /** What it tells, without a full stop. */
  readonly help: string
  readonly unit: string
  /** Counters it reads; `compute` receives them in this order. */
  readonly counters: C
  /** Tails that are monitored unless settings say otherwise; none: shown, never judged. */
  readonly tails: readonly ('lower' | 'upper')[]
  /** Where its values end by their nature, such as shares at 0 and 1: no threshold lies beyond. */
  readonly range?: { readonly lowest?: number; readonly highest?: number }
  /** What its detector has otherwise than the rest. */
  readonly spot?: SpotOverrides
  /** Text that it was made of, where users write it, to know a changed one by. */
  readonly definition?: string
  /** Computes the value; NaN when this window says nothing. */
  compute(look: Look<C>): number
}

/** Declares a statistic; the counters' names type the values. */
export function statistic<const C extends readonly string[]>(definition: Statistic<C>): Statistic {
  return definition as unknown as Statistic
}

/** Divides; 0/0 and x/0 are NaN, since no answer is not zero. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole
}
