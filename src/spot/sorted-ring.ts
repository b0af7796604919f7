// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'

/**
 * The last `capacity` values (at most 65,536) in order of size; allocates nothing after
 * construction.
 */
export class SortedRing implements Carried {
  readonly #capacity: number
  readonly #values: Float64Array
  /** When each of the values came, as a place in the ring. */
  readonly #places: Uint16Array
  #next = 0
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#values = new Float64Array(capacity)
    this.#places = new Uint16Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  /** The values by size; only the first `count` are meant. */
  get ascending(): Float64Array {
    return this.#values
  }

  /** Forgets all values. */
  clear(): void {
    this.#count = this.#next = 0
  }

  /** Adds a value; in a full ring it takes the place of the oldest. */
  push(value: number): void {
    const values = this.#values
    let gap = this.#count
    if (this.#count === this.#capacity) gap = this.#places.indexOf(this.#next)
    else this.#count++
    for (; gap > 0 && (values[gap - 1] ?? 0) > value; gap--) this.#move(gap - 1, gap)
    for (; gap < this.#count - 1 && (values[gap + 1] ?? 0) < value; gap++) this.#move(gap + 1, gap)
    values[gap] = value
    this.#places[gap] = this.#next
    this.#next = (this.#next + 1) % this.#capacity
  }

  carry(carrier: Carrier): void {
    const last = this.#capacity - 1
    this.#count = carrier.whole(this.#count, this.#capacity)
    this.#next = carrier.whole(this.#next, last)
    carrier.items(this.#values, this.#count)
    for (let i = 0; i < this.#count; i++)
      this.#places[i] = carrier.whole(this.#places[i] ?? 0, last)
  }

  #move(from: number, to: number): void {
    this.#values[to] = this.#values[from] ?? 0
    this.#places[to] = this.#places[from] ?? 0
  }
}
