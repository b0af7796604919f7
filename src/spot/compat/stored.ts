// SPDX-License-Identifier: Apache-2.0

/** The last `capacity` excesses in order of arrival, with what a fit asks of them. */
export class Stored {
  readonly #values: Float64Array
  #pushed = 0
  #sum = 0
  #squares = 0
  least = Number.POSITIVE_INFINITY
  most = Number.NEGATIVE_INFINITY

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  /** All that were ever pushed. */
  get pushed(): number {
    return this.#pushed
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#pushed)
  }

  get mean(): number {
    return this.#sum / this.values.length
  }

  /** Population variance. */
  get variance(): number {
    return this.#squares / this.values.length - this.mean ** 2
  }

  push(value: number): void {
    const place = this.#pushed % this.#values.length
    const full = this.#pushed >= this.#values.length
    const old = full ? (this.#values[place] ?? 0) : 0
    this.#values[place] = value
    this.#pushed++
    this.#sum += value - old
    this.#squares += value * value - old * old
    if (full && (old === this.least || old === this.most)) {
      this.least = Math.min(...this.#values)
      this.most = Math.max(...this.#values)
    }
    this.least = Math.min(this.least, value)
    this.most = Math.max(this.most, value)
  }
}
