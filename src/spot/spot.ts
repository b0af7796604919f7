// SPDX-License-Identifier: Apache-2.0
import { type Carried, type Carrier, restore, save } from './carrier.ts'
import { demandShares } from './demand.ts'
import type { Detector, DetectorStatus, Judgement } from './detector.ts'
import { Drifting } from './drifting.ts'
import { checkOptions, type SpotOptions } from './options.ts'
import { SmallestStep } from './smallest-step.ts'
import { Tail } from './tail.ts'

/** Relative difference up to which values count as the same. */
const SAME = 1e-9
/**
 * Anomalies in a row that are learned from: with more, a flood would multiply the threshold of a
 * heavy tail, while rare ones are as well learned with one.
 */
const TRUST = 1

/** A detector that can go on in another life. */
export interface LastingDetector extends Detector {
  /**
   * Gives all that was learned, for createDetector to go on from as if it had never stopped; totals
   * (anomalies, events, excesses, recalibrations) are left out, so that they begin at 0 again.
   */
  save(): Float64Array
  /**
   * Judges by another probability q from now on, with all that was learned; an open event ends at
   * the threshold that it began at. Throws a RangeError when q is out of range.
   */
  retarget(q: number): void
}

/**
 * Makes a detector of one or both tails after SPOT, which goes on from what one with the same
 * options, q aside, had saved. Throws a RangeError on an option out of range, or when what was
 * saved does not fit the options.
 */
export function createDetector(options: SpotOptions, saved?: Float64Array): LastingDetector {
  checkOptions(options)
  const made = detectorOf(options)
  if (saved) restore(made, saved)
  return made
}

function detectorOf(options: SpotOptions): Spot | Drifting {
  const { depth = 0, nInit, lowest: _lowest, highest: _highest, ...rest } = options
  if (depth === 0) return new Spot(options)
  /* where values end, what is left of them after subtraction does not */
  return new Drifting(new Spot({ ...rest, nInit }), { depth, nInit })
}

class Spot implements LastingDetector, Carried {
  readonly #options: SpotOptions
  readonly #tails: readonly Tail[]
  readonly #lower: Tail | undefined
  readonly #upper: Tail | undefined
  /** The first values; undefined once they are all in. */
  #first: Float64Array | undefined
  #collected = 0
  #values = 0
  #recalibrations = 0
  /**
   * What is said of a value in no tail, and the range of values that need no other answer (NaN:
   * none).
   */
  #resting: Judgement
  #calmFrom = Number.NaN
  #calmTo = Number.NaN
  /** Anomalies that may still be learned from, and the number of the last anomalous value. */
  #trust = TRUST
  #lastAnomaly = 0
  /** Changes of a stream whose first values were all one; undefined otherwise. */
  #steps: SmallestStep | undefined

  constructor(options: SpotOptions) {
    this.#options = options
    this.#tails = options.tails.map((name) => new Tail(name, options))
    this.#lower = this.#tails.find((tail) => tail.name === 'lower')
    this.#upper = this.#tails.find((tail) => tail.name === 'upper')
    this.#first = new Float64Array(options.nInit)
    this.#resting = this.#rest()
  }

  judge(value: number): Judgement {
    const resting = this.#resting
    if (value >= this.#calmFrom && value <= this.#calmTo) {
      this.#values++
      const lower = this.#lower?.pass(-value) ?? false
      const upper = this.#upper?.pass(value) ?? false
      if (lower || upper) this.#settle()
      return resting
    }
    if (!Number.isFinite(value)) return resting
    this.#values++
    if (!this.#first) return this.#weigh(value)
    this.#collect(this.#first, value)
    return resting
  }

  status(): DetectorStatus {
    return {
      values: this.#values,
      recalibrations: this.#recalibrations,
      tails: this.#tails.map((tail) => tail.status(this.#collected)),
    }
  }

  save(): Float64Array {
    return save(this)
  }

  retarget(q: number): void {
    demandShares(q, this.#options.level, 'above 0')
    for (const tail of this.#tails) tail.retarget(q)
    this.#settle()
  }

  carry(carrier: Carrier): void {
    const { nInit } = this.#options
    this.#values = carrier.whole(this.#values)
    this.#collected = carrier.whole(this.#collected, nInit)
    this.#first = this.#collected < nInit ? (this.#first ?? new Float64Array(nInit)) : undefined
    if (this.#first) carrier.items(this.#first, this.#collected)
    this.#trust = carrier.number(this.#trust)
    this.#lastAnomaly = carrier.whole(this.#lastAnomaly)
    const constant = carrier.flag(this.#steps !== undefined)
    this.#steps = constant ? (this.#steps ?? new SmallestStep(0, 0)) : undefined
    this.#steps?.carry(carrier)
    for (const tail of this.#tails) tail.carry(carrier)
    this.#settle()
  }

  #collect(first: Float64Array, value: number): void {
    first[this.#collected++] = value
    if (this.#collected < first.length) return
    const ascending = first.slice().sort()
    const slack = SAME * Math.max(Math.abs(ascending[0] ?? 0), Math.abs(ascending.at(-1) ?? 0))
    for (const tail of this.#tails) tail.calibrate(first, ascending, slack)
    const constant = this.#tails.some((tail) => tail.state === 'degenerate')
    this.#steps = constant ? new SmallestStep(value, slack) : undefined
    this.#first = undefined
    this.#settle()
  }

  /** Judges a value that may lie in a tail. */
  #weigh(value: number): Judgement {
    let judgement = this.#resting
    let learned = value
    let lasting = false
    for (const tail of this.#tails) {
      const outward = value * tail.sign
      const anomalous = outward > tail.threshold
      if (!anomalous) tail.close()
      if (outward > tail.excessThreshold) {
        tail.excesses++
        if (anomalous) learned = this.#bounded(tail, value)
        judgement = this.#beyond(tail, outward, anomalous, judgement)
        lasting ||= tail.episode.lasting(this.#values)
      }
    }
    if (lasting) this.#recalibrate()
    else {
      if (!Number.isNaN(learned)) this.#learn(learned)
      this.#steps?.push(value)
      for (const tail of this.#tails) tail.widen(this.#steps?.reach ?? 0)
    }
    this.#settle()
    return judgement
  }

  #beyond(tail: Tail, outward: number, anomalous: boolean, otherwise: Judgement): Judgement {
    if (tail.state === 'learning') return otherwise
    const { lower, upper } = this.#resting
    return {
      verdict: anomalous ? 'anomaly' : 'excess',
      tail: tail.name,
      probability: tail.probability(outward),
      lower,
      upper,
      opens: anomalous && tail.episode.join(this.#values),
    }
  }

  /**
   * What is learned of an anomaly: the threshold it passed, since to discard it would cut the tail
   * off and multiply the alarm rate; of constant input the value itself, once an event; NaN,
   * nothing, when a flood has taught enough.
   */
  #bounded(tail: Tail, value: number): number {
    const { level } = this.#options
    const quiet = this.#values - this.#lastAnomaly - 1
    this.#lastAnomaly = this.#values
    if (tail.state === 'degenerate') return tail.episode.open ? Number.NaN : value
    this.#trust = Math.min(TRUST, this.#trust + quiet * (1 - level))
    if (this.#trust < 1) return Number.NaN
    this.#trust--
    return tail.threshold * tail.sign
  }

  /** Lets the tails take in a value; true when a threshold may have moved. */
  #learn(value: number): boolean {
    const lower = this.#lower?.learn(-value) ?? false
    const upper = this.#upper?.learn(value) ?? false
    return lower || upper
  }

  /** Takes a lasting shift for the new normal. */
  #recalibrate(): void {
    this.#recalibrations++
    this.#first = new Float64Array(this.#options.nInit)
    this.#collected = 0
    this.#steps = undefined
    this.#trust = TRUST
    for (const tail of this.#tails) tail.reset()
  }

  /** Brings the answer for ordinary values up to date. */
  #settle(): void {
    const busy = this.#first || this.#steps || this.#tails.some((tail) => tail.episode.open)
    this.#calmFrom = busy ? Number.NaN : -(this.#lower?.excessThreshold ?? Number.MAX_VALUE)
    this.#calmTo = busy ? Number.NaN : (this.#upper?.excessThreshold ?? Number.MAX_VALUE)
    this.#resting = this.#rest()
  }

  #rest(): Judgement {
    const calibrated = this.#tails.some((tail) => tail.state === 'calibrated')
    const degenerate = this.#tails.some((tail) => tail.state === 'degenerate')
    return {
      verdict: calibrated ? 'normal' : degenerate ? 'degenerate' : 'learning',
      probability: calibrated ? 1 : Number.NaN,
      lower: -(this.#lower?.threshold ?? Number.NaN),
      upper: this.#upper?.threshold ?? Number.NaN,
      opens: false,
    }
  }
}
