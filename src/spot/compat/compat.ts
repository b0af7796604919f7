// SPDX-License-Identifier: Apache-2.0
import { demand, demandShares, demandWhole } from '../demand.ts'
import type { Detector, DetectorStatus, Judgement, TailName } from '../detector.ts'
import { MovingMean } from '../moving-mean.ts'
import { CompatTail, type CompatTailOptions } from './tail.ts'

/** How a detector that behaves as the reference implementation learns and judges. */
export interface CompatOptions extends CompatTailOptions {
  /** With both, the lower tail sees only what the upper one does not flag. */
  readonly tails: readonly TailName[]
  /** Values that each tail is fitted to first. */
  readonly nInit: number
  /** Values whose mean is subtracted from the next; 0: none. */
  readonly depth: number
}

/**
 * Makes a detector that computes what libspot 2.0 computes: anomalies are discarded, an excess
 * need not be strict, and there are no events to join (each anomaly opens one). Throws a RangeError
 * on an option out of range. A NaN among the first values is passed over.
 */
export function createCompatDetector(options: CompatOptions): Detector {
  const { q, level, maxExcess, nInit, depth, tails } = options
  demand(level >= 0, 'level', level, 'at least 0 and below 1')
  demandShares(q, level, 'at least 0')
  demandWhole('nInit', nInit, 1)
  demandWhole('maxExcess', maxExcess, 1)
  demandWhole('depth', depth, 0)
  if (tails.length === 0) throw new RangeError('a detector needs at least one tail')
  return new Compat(options)
}

class Compat implements Detector {
  /** The upper tail first. */
  readonly #tails: readonly CompatTail[]
  readonly #window: MovingMean | undefined
  readonly #first: Float64Array
  readonly #level: number
  readonly #anomalies: Record<TailName, number> = { lower: 0, upper: 0 }
  #collected = 0
  #values = 0
  /** What is said of a value in no tail. */
  #resting: Judgement

  constructor(options: CompatOptions) {
    const order: readonly TailName[] = ['upper', 'lower']
    this.#tails = order
      .filter((name) => options.tails.includes(name))
      .map((name) => new CompatTail(name, options))
    this.#window = options.depth > 0 ? new MovingMean(options.depth) : undefined
    this.#first = new Float64Array(options.nInit)
    this.#level = options.level
    this.#resting = this.#rest()
  }

  judge(value: number): Judgement {
    if (Number.isNaN(value)) return this.#resting
    this.#values++
    if (this.#window && !this.#window.full) {
      this.#window.push(value)
      return this.#resting
    }
    const judgement =
      this.#collected < this.#first.length ? this.#collect(value) : this.#step(value)
    if (judgement.verdict !== 'anomaly') this.#window?.push(value)
    if (this.#window || judgement !== this.#resting) this.#resting = this.#rest()
    return judgement
  }

  status(): DetectorStatus {
    const calibrated = this.#collected === this.#first.length
    return {
      values: this.#values,
      recalibrations: 0,
      tails: this.#tails.map((tail) => ({
        tail: tail.name,
        state: calibrated ? 'calibrated' : 'learning',
        threshold: tail.threshold + this.#base,
        excessThreshold: tail.excessThreshold + this.#base,
        falseAlarmRatio: calibrated ? tail.q : Number.NaN,
        targetRatio: tail.q,
        level: this.#level,
        stored: tail.stored,
        fit: tail.fit,
        calibration: this.#collected / this.#first.length,
        anomalies: this.#anomalies[tail.name],
        events: this.#anomalies[tail.name],
        excesses: tail.excesses,
        eventOpen: false,
      })),
    }
  }

  /** What is subtracted from the next value. */
  get #base(): number {
    return this.#window ? this.#window.mean : 0
  }

  #collect(value: number): Judgement {
    const judgement = this.#resting
    this.#first[this.#collected++] = value - this.#base
    if (this.#collected === this.#first.length) {
      for (const tail of this.#tails) tail.calibrate(this.#first)
      this.#resting = this.#rest()
    }
    return judgement
  }

  #step(value: number): Judgement {
    const rest = value - this.#base
    let judgement = this.#resting
    for (const tail of this.#tails) {
      const probability = tail.probability(rest)
      const verdict = tail.step(rest)
      if (verdict === 'normal') continue
      const opens = verdict === 'anomaly'
      if (judgement === this.#resting) {
        judgement = { ...judgement, verdict, tail: tail.name, probability, opens }
      }
      if (!opens) continue
      this.#anomalies[tail.name]++
      break
    }
    return judgement
  }

  #rest(): Judgement {
    const learning = this.#collected < this.#first.length
    const of = (name: TailName): number => {
      const found = this.#tails.find((tail) => tail.name === name)
      return found ? found.threshold + this.#base : Number.NaN
    }
    return {
      verdict: learning ? 'learning' : 'normal',
      probability: learning ? Number.NaN : 1,
      lower: of('lower'),
      upper: of('upper'),
      opens: false,
    }
  }
}
