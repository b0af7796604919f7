// SPDX-License-Identifier: Apache-2.0

/** Raised with every change of what detectors carry, of its order or its meaning. */
export const CARRIED_VERSION = 1

/** What can be saved and restored: all that it has learned is a sequence of numbers. */
export interface Carried {
  /** Passes every number through the carrier, and keeps what comes back. */
  carry(carrier: Carrier): void
}

/**
 * Carries numbers into a record, or out of it: one method does both, so that what is restored is
 * what was saved.
 */
export class Carrier {
  readonly #pass: (value: number) => number

  constructor(pass: (value: number) => number) {
    this.#pass = pass
  }

  number(value: number): number {
    return this.#pass(value)
  }

  /** Carries a whole number from 0 to `most`; throws a RangeError when a record has another. */
  whole(value: number, most = Number.MAX_SAFE_INTEGER): number {
    const passed = this.#pass(value)
    if (Number.isInteger(passed) && passed >= 0 && passed <= most) return passed
    throw new RangeError(`a saved count is ${passed}, but must be a whole number up to ${most}`)
  }

  flag(value: boolean): boolean {
    return this.whole(Number(value), 1) === 1
  }

  /** Carries the first `count` items, in place. */
  items(values: Float64Array, count = values.length): void {
    for (let i = 0; i < count; i++) values[i] = this.#pass(values[i] ?? 0)
  }
}

/** Gives what a part has learned. */
export function save(part: Carried): Float64Array {
  const numbers: number[] = []
  const pass = (value: number): number => {
    numbers.push(value)
    return value
  }
  part.carry(new Carrier(pass))
  return Float64Array.from(numbers)
}

/** Lets a new part know what another had learned; throws a RangeError when that does not fit it. */
export function restore(part: Carried, saved: Float64Array): void {
  let at = 0
  part.carry(new Carrier(() => saved[at++] ?? 0))
  if (at !== saved.length) throw new RangeError(`${saved.length} numbers were saved, not ${at}`)
}
