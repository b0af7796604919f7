// SPDX-License-Identifier: Apache-2.0
import type { TailFit, TailName } from '../detector.ts'
import { fitBest, type Shape } from './fit.ts'
import { pSquared } from './p-squared.ts'
import { Stored } from './stored.ts'

/** What a tail of the reference implementation is told. */
export interface CompatTailOptions {
  readonly q: number
  readonly level: number
  readonly maxExcess: number
  /** Whether anomalies are left out of what is learned. */
  readonly discard: boolean
}

/** One tail as the reference implementation keeps it; values are given as they are. */
export class CompatTail {
  readonly name: TailName
  readonly sign: 1 | -1
  /** Thresholds t and z; NaN before they exist. */
  excessThreshold = Number.NaN
  threshold = Number.NaN

  readonly #options: CompatTailOptions
  readonly #stored: Stored
  #shape: Shape = { gamma: 0, sigma: Number.NaN }
  #learned = 0

  constructor(name: TailName, options: CompatTailOptions) {
    this.name = name
    this.sign = name === 'upper' ? 1 : -1
    this.#options = options
    this.#stored = new Stored(options.maxExcess)
  }

  /** Excesses ever learned. */
  get excesses(): number {
    return this.#stored.pushed
  }

  /** Excesses that the fit is made of. */
  get stored(): number {
    return this.#stored.values.length
  }

  /** Undefined before there is one. */
  get fit(): TailFit | undefined {
    if (this.excesses === 0) return undefined
    return { ...this.#shape, share: this.excesses / this.#learned }
  }

  /** Probability of a value beyond z. */
  get q(): number {
    return this.#options.q
  }

  calibrate(first: Float64Array): void {
    const { level } = this.#options
    this.excessThreshold = pSquared(first, this.sign > 0 ? level : 1 - level)
    this.#learned = first.length
    for (const value of first) {
      const excess = this.sign * (value - this.excessThreshold)
      if (excess > 0) this.#stored.push(excess)
    }
    if (this.excesses > 0) this.#fit()
  }

  /** Judges a value, which must not be NaN, and learns from it. */
  step(value: number): 'normal' | 'excess' | 'anomaly' {
    if (this.#options.discard && this.sign * (value - this.threshold) > 0) return 'anomaly'
    this.#learned++
    const excess = this.sign * (value - this.excessThreshold)
    if (!(excess >= 0)) return 'normal'
    this.#stored.push(excess)
    this.#fit()
    return 'excess'
  }

  /** Probability of a value at least this far out, 1 for a value that is no excess. */
  probability(value: number): number {
    const { gamma, sigma } = this.#shape
    const distance = this.sign * (value - this.excessThreshold)
    if (distance < 0) return 1
    const beyond = this.excesses / this.#learned
    if (gamma === 0) return beyond * Math.exp(-distance / sigma)
    return beyond * Math.max(0, 1 + (gamma * distance) / sigma) ** (-1 / gamma)
  }

  #fit(): void {
    this.#shape = fitBest(this.#stored)
    const { gamma, sigma } = this.#shape
    const ratio = this.#options.q / (this.excesses / this.#learned)
    const distance =
      gamma === 0 ? -sigma * Math.log(ratio) : (sigma / gamma) * (ratio ** -gamma - 1)
    this.threshold = this.excessThreshold + this.sign * distance
  }
}
