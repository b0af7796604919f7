// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'

/** Mean of the last `depth` values. */
export class MovingMean implements Carried {
  readonly #values: Float64Array
  #pushed = 0
  #sum = 0

  constructor(depth: number) {
    this.#values = new Float64Array(depth)
  }

  get full(): boolean {
    return this.#pushed >= this.#values.length
  }

  /** Share of the window that is filled, 0..1. */
  get filled(): number {
    return Math.min(1, this.#pushed / this.#values.length)
  }

  /** NaN before the first value. */
  get mean(): number {
    return this.#sum / Math.min(this.#pushed, this.#values.length)
  }

  push(value: number): void {
    const place = this.#pushed % this.#values.length
    this.#sum += value - (this.#values[place] ?? 0)
    this.#values[place] = value
    this.#pushed++
    /* once a round the sum is made anew, so that rounding errors do not pile up */
    if (place === this.#values.length - 1)
      this.#sum = this.#values.reduce((sum, each) => sum + each)
  }

  carry(carrier: Carrier): void {
    carrier.items(this.#values)
    this.#pushed = carrier.whole(this.#pushed)
    this.#sum = carrier.number(this.#sum)
  }

  /** Forgets all values. */
  clear(): void {
    this.#values.fill(0)
    this.#pushed = this.#sum = 0
  }
}
