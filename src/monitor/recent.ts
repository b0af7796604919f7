// SPDX-License-Identifier: Apache-2.0

/** Extremes of the last few values; NaN takes a place but is no extreme. */
export class Recent {
  readonly #values: Float64Array
  #next = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity).fill(Number.NaN)
  }

  push(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#values.length
  }

  /** Forgets all values. */
  clear(): void {
    this.#values.fill(Number.NaN)
  }

  /** The largest; NaN when there is none. */
  get max(): number {
    return this.#extreme((value, best) => value > best)
  }

  /** The smallest; NaN when there is none. */
  get min(): number {
    return this.#extreme((value, best) => value < best)
  }

  #extreme(better: (value: number, best: number) => boolean): number {
    let best = Number.NaN
    for (const value of this.#values) {
      if (Number.isNaN(best) || better(value, best)) best = value
    }
    return best
  }
}
