// SPDX-License-Identifier: Apache-2.0
import { type Carried, type Carrier, save } from './carrier.ts'
import type { Detector, DetectorStatus, Judgement } from './detector.ts'
import { MovingMean } from './moving-mean.ts'

/** Relative difference from the mean up to which a value counts as equal to it. */
const ROUNDING = 1e-12

interface Inner extends Detector, Carried {
  retarget(q: number): void
}

/**
 * Subtracts the mean of the last `depth` values before a detector judges, and gives thresholds in
 * the values' own units. Of an event the window takes the first value alone, clipped to the
 * threshold, and until it ends the mean from before it counts: so a long attack neither becomes
 * normal nor makes what follows it look low. It cannot freeze, since an event lasts only until the
 * detector accepts it, and then the window begins anew.
 */
export class Drifting implements Detector, Carried {
  readonly #inner: Inner
  readonly #window: MovingMean
  /** Share of calibration that filling the window is. */
  readonly #windowShare: number
  #values = 0
  #recalibrations = 0
  /** What is subtracted from the next value; NaN while the window fills. */
  #mean = Number.NaN
  #anomalous = false

  constructor(inner: Inner, { depth, nInit }: { depth: number; nInit: number }) {
    this.#inner = inner
    this.#window = new MovingMean(depth)
    this.#windowShare = depth / (depth + nInit)
  }

  judge(value: number): Judgement {
    if (!Number.isFinite(value)) return this.#shifted(this.#inner.judge(Number.NaN))
    this.#values++
    if (!this.#window.full) {
      this.#push(value)
      return this.#inner.judge(Number.NaN)
    }
    const rest = value - this.#mean
    const same = Math.abs(rest) <= ROUNDING * Math.abs(this.#mean)
    const judgement = this.#shifted(this.#inner.judge(same ? 0 : rest))
    this.#follow(value, judgement)
    return judgement
  }

  status(): DetectorStatus {
    const { recalibrations, tails } = this.#inner.status()
    const filled = this.#window.filled * this.#windowShare
    return {
      values: this.#values,
      recalibrations,
      tails: tails.map((tail) => ({
        ...tail,
        threshold: tail.threshold + this.#mean,
        excessThreshold: tail.excessThreshold + this.#mean,
        calibration: filled + tail.calibration * (1 - this.#windowShare),
      })),
    }
  }

  save(): Float64Array {
    return save(this)
  }

  retarget(q: number): void {
    this.#inner.retarget(q)
  }

  carry(carrier: Carrier): void {
    this.#window.carry(carrier)
    this.#values = carrier.whole(this.#values)
    this.#mean = carrier.number(this.#mean)
    this.#anomalous = carrier.flag(this.#anomalous)
    this.#inner.carry(carrier)
  }

  #follow(value: number, { verdict, tail, lower, upper }: Judgement): void {
    const began = !this.#anomalous
    this.#anomalous = verdict === 'anomaly'
    if (!this.#anomalous) {
      this.#push(value)
      return
    }
    if (began) this.#window.push(tail === 'upper' ? upper : lower)
    const { recalibrations } = this.#inner.status()
    if (recalibrations === this.#recalibrations) return
    this.#recalibrations = recalibrations
    this.#anomalous = false
    this.#window.clear()
    this.#mean = Number.NaN
  }

  #push(value: number): void {
    this.#window.push(value)
    if (this.#window.full) this.#mean = this.#window.mean
  }

  #shifted(judgement: Judgement): Judgement {
    const { lower, upper } = judgement
    return { ...judgement, lower: lower + this.#mean, upper: upper + this.#mean }
  }
}
