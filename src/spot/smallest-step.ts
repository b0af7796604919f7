// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'

/** Keeps a repeated step, computed from other values, from looking larger than the first. */
const ROUNDING = 1e-9

/**
 * The smallest change between neighbouring values so far, which tells how coarse a stream of
 * constant input is.
 */
export class SmallestStep implements Carried {
  #slack: number
  #previous: number
  #smallest = Number.POSITIVE_INFINITY

  /** Starts after `value`; a change of at most `slack` is none. */
  constructor(value: number, slack: number) {
    this.#previous = value
    this.#slack = slack
  }

  carry(carrier: Carrier): void {
    this.#slack = carrier.number(this.#slack)
    this.#previous = carrier.number(this.#previous)
    this.#smallest = carrier.number(this.#smallest)
  }

  push(value: number): void {
    const step = Math.abs(value - this.#previous)
    if (step > this.#slack && step < this.#smallest) this.#smallest = step
    this.#previous = value
  }

  /**
   * How far beyond the slack a change must reach to be larger than the smallest step; 0 before the
   * first step.
   */
  get reach(): number {
    if (this.#smallest === Number.POSITIVE_INFINITY) return 0
    return this.#smallest * (1 + ROUNDING) - this.#slack
  }
}
