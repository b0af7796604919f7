// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'
import { quantile } from './quantile.ts'

/**
 * Blocks that are filled at a time, neighbouring values in different ones: a burst raises many, as
 * it must.
 */
const LANES = 16
/** Generations of blocks that the estimate is made of. */
const GENERATIONS = 2
/** Weight of the last generation in the running share. */
const WEIGHT = 0.25
/** A share of excesses this many times too large or too small is no accident: t must move. */
const DRIFTED = 2

/** When more than this share of the last values were excesses, they have leapt and not drifted. */
const LEAP = 1 / 3

/** Where the excess threshold should be, and the block maxima that say so, ascending. */
export interface Move {
  readonly to: number
  readonly maxima: Float64Array
  /** Whether it is so far that excesses of the old threshold say nothing of the new one. */
  readonly leap: boolean
}

/**
 * Tells when the excess threshold has drifted off its level, and where it should be. A block of k
 * values stays below the quantile of level p with probability p^k: so the quantile is the p^k
 * quantile of block maxima, with k such that it is about their median. It is always a value that
 * was seen: a lump of equal values is never split into excesses of nothing.
 */
export class Follower implements Carried {
  readonly #level: number
  readonly #blockLength: number
  readonly #maxima = new Float64Array(LANES * GENERATIONS).fill(Number.NEGATIVE_INFINITY)
  #generation = 0
  #seen = 0
  #beyond = 0
  #share: number

  constructor(level: number) {
    this.#level = level
    this.#blockLength = Math.max(1, Math.round(Math.log(0.5) / Math.log(level)))
    this.#share = 1 - level
  }

  /** Takes a value and whether it is an excess; tells where to move to, undefined to stay. */
  push(value: number, beyond: boolean): Move | undefined {
    const place = (this.#generation % GENERATIONS) * LANES + (this.#seen % LANES)
    if (value > (this.#maxima[place] ?? 0)) this.#maxima[place] = value
    if (beyond) this.#beyond++
    if (++this.#seen < this.#blockLength * LANES) return undefined
    return this.#complete()
  }

  carry(carrier: Carrier): void {
    carrier.items(this.#maxima)
    this.#generation = carrier.whole(this.#generation)
    this.#seen = carrier.whole(this.#seen)
    this.#beyond = carrier.whole(this.#beyond)
    this.#share = carrier.number(this.#share)
  }

  #complete(): Move | undefined {
    const wanted = 1 - this.#level
    const share = this.#beyond / this.#seen
    this.#share += WEIGHT * (share - this.#share)
    this.#seen = this.#beyond = 0
    this.#generation++
    const drifted = this.#share > wanted * DRIFTED || this.#share < wanted / DRIFTED
    const move = drifted && this.#generation >= GENERATIONS ? this.#move(share > LEAP) : undefined
    const next = (this.#generation % GENERATIONS) * LANES
    this.#maxima.fill(Number.NEGATIVE_INFINITY, next, next + LANES)
    return move
  }

  #move(leap: boolean): Move {
    const maxima = this.#maxima.slice().sort()
    return { to: quantile(maxima, this.#level ** this.#blockLength), maxima, leap }
  }
}
