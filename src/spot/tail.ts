// SPDX-License-Identifier: Apache-2.0
import type { Carried, Carrier } from './carrier.ts'
import type { TailName, TailStatus } from './detector.ts'
import { Episode } from './episode.ts'
import { Follower, type Move } from './follower.ts'
import { excessAt, fitBounded, fitGpd, type Gpd, survival } from './gpd.ts'
import type { SpotOptions } from './options.ts'
import { quantile } from './quantile.ts'
import { SortedRing } from './sorted-ring.ts'

/** Excesses without which no distribution is fitted. */
const MIN_EXCESSES = 10
/**
 * How many times fewer than one in the values seen the probability q may be: no threshold lies
 * further out than that.
 */
const EXTRAPOLATION = 10

/** A state is carried as its place in the list. */
const STATES: readonly TailStatus['state'][] = ['learning', 'calibrated', 'degenerate']

/**
 * One tail of a stream: peaks over threshold (Siffer et al., Anomaly Detection in Streams with
 * Extreme Value Theory, KDD 2017). It takes values times `sign`, so that outwards is always
 * upwards.
 */
export class Tail implements Carried {
  readonly name: TailName
  readonly sign: 1 | -1
  readonly episode: Episode
  state: TailStatus['state'] = 'learning'
  /** Threshold t; NaN before the first values are in. */
  excessThreshold = Number.NaN
  /**
   * Threshold z that values are judged against, while an event is open the one from before it; NaN
   * while learning.
   */
  threshold = Number.NaN
  /** Values beyond t. */
  excesses = 0

  #options: SpotOptions
  /** Where values end (times `sign`). */
  readonly #end: number
  #stored: SortedRing
  #follower: Follower
  #shape: Gpd = { gamma: 0, sigma: 0 }
  /** z - t of the last fit, and the probability q it was made for. */
  #distance = 0
  #ratio = Number.NaN
  #learned = 0
  /**
   * Of those learned, values and excesses of the recent past: their quotient is the share beyond
   * t.
   */
  #forgotten = 0
  #recentExcesses = 0

  constructor(name: TailName, options: SpotOptions) {
    this.name = name
    this.sign = name === 'upper' ? 1 : -1
    this.#options = options
    const { lowest = Number.NEGATIVE_INFINITY, highest = Number.POSITIVE_INFINITY } = options
    this.#end = name === 'upper' ? highest : -lowest
    this.episode = new Episode(options.holdOff, options.maxEvent)
    this.#stored = new SortedRing(options.maxExcess)
    this.#follower = new Follower(options.level)
  }

  /** Forgets what was learned, but not the totals. */
  reset(): void {
    this.state = 'learning'
    this.excessThreshold = this.threshold = this.#ratio = Number.NaN
    this.episode.reset()
    this.#stored = new SortedRing(this.#options.maxExcess)
    this.#follower = new Follower(this.#options.level)
    this.#learned = this.#forgotten = this.#recentExcesses = 0
  }

  /**
   * Learns the first values, given in order of arrival and of size; within `slack` of each other
   * they are one constant.
   */
  calibrate(values: Float64Array, ascending: Float64Array, slack: number): void {
    const outwards = this.sign > 0 ? ascending : ascending.map((value) => -value).reverse()
    const [least = 0, most = 0] = [outwards[0], outwards.at(-1)]
    const constant = most - least <= slack
    this.excessThreshold = constant ? most + slack : quantile(outwards, this.#options.level)
    for (const value of values) {
      const outward = value * this.sign
      const beyond = outward > this.excessThreshold
      this.#follower.push(outward, beyond)
      if (!beyond) continue
      this.excesses++
      this.#store(outward)
    }
    this.#learned = values.length
    if (constant) {
      this.state = 'degenerate'
      this.threshold = this.excessThreshold
    }
    this.#fit()
  }

  /** Lets a degenerate tail's threshold lie `distance` beyond t, unless an event is open. */
  widen(distance: number): void {
    if (this.state === 'degenerate' && !this.episode.open)
      this.threshold = this.excessThreshold + distance
  }

  /** Takes in a value (times `sign`); true when a threshold may have moved. */
  learn(value: number): boolean {
    if (!(value > this.excessThreshold)) return this.pass(value)
    this.#learned++
    this.#store(value)
    this.#fit()
    this.#follow(this.#follower.push(value, true))
    return true
  }

  /** Does the same with a value that is no excess. */
  pass(value: number): boolean {
    this.#learned++
    const move = this.#follower.push(value, false)
    if (!move) return false
    this.#follow(move)
    return true
  }

  /**
   * Moves the excess threshold. What was stored beyond the old one tells nothing of the new one
   * after a leap, so the maxima beyond that take its place.
   */
  #follow(move: Move | undefined): void {
    if (!move || this.state === 'degenerate') return
    const { to, maxima, leap } = move
    this.excessThreshold = to
    const beyond = maxima.filter((value) => value > to)
    if (leap && beyond.length >= MIN_EXCESSES) {
      this.#stored.clear()
      this.#recentExcesses = 0
      for (const value of beyond) this.#store(value)
      this.#forgotten = this.#learned - beyond.length / (1 - this.#options.level)
      this.#fit()
    }
    this.#refresh()
  }

  /** Ends the event that is open, if any. */
  close(): void {
    if (!this.episode.open) return
    this.episode.open = false
    this.#refresh()
  }

  /** Lets the threshold follow what was learned, unless an event is open. */
  #refresh(): void {
    if (this.state === 'calibrated' && !this.episode.open)
      this.threshold = this.excessThreshold + this.#distance
  }

  /** Lets the threshold be one of another q. */
  retarget(q: number): void {
    if (q === this.#options.q) return
    this.#options = { ...this.#options, q }
    this.#fit()
  }

  /** Probability of a value (times `sign`) at least this far beyond t; NaN without a fit. */
  probability(value: number): number {
    if (this.state !== 'calibrated') return Number.NaN
    return this.#share * survival(this.#shape, value - this.excessThreshold)
  }

  /** Tells where the tail stands, `collected` of the first values being in. */
  status(collected: number): TailStatus {
    const { open, anomalies, events } = this.episode
    const excesses = Math.min(this.#stored.count, MIN_EXCESSES)
    return {
      tail: this.name,
      state: this.state,
      threshold: this.threshold * this.sign,
      excessThreshold: this.excessThreshold * this.sign,
      falseAlarmRatio: this.#ratio,
      targetRatio: this.#options.q,
      level: this.#options.level,
      stored: this.#stored.count,
      fit: this.state === 'calibrated' ? { ...this.#shape, share: this.#share } : undefined,
      calibration: (collected + excesses) / (this.#options.nInit + MIN_EXCESSES),
      anomalies,
      events,
      excesses: this.excesses,
      eventOpen: open,
    }
  }

  /** Carries what was learned, not the totals; another q than it was learned with is fitted for. */
  carry(carrier: Carrier): void {
    const state = carrier.whole(STATES.indexOf(this.state), STATES.length - 1)
    this.state = STATES[state] ?? 'learning'
    this.excessThreshold = carrier.number(this.excessThreshold)
    this.threshold = carrier.number(this.threshold)
    this.episode.carry(carrier)
    this.#stored.carry(carrier)
    this.#follower.carry(carrier)
    const { gamma, sigma } = this.#shape
    this.#shape = { gamma: carrier.number(gamma), sigma: carrier.number(sigma) }
    this.#distance = carrier.number(this.#distance)
    this.#ratio = carrier.number(this.#ratio)
    this.#learned = carrier.whole(this.#learned)
    this.#forgotten = carrier.number(this.#forgotten)
    this.#recentExcesses = carrier.number(this.#recentExcesses)
    if (carrier.number(this.#options.q) !== this.#options.q) this.#fit()
  }

  get #share(): number {
    return this.#recentExcesses / (this.#learned - this.#forgotten)
  }

  #store(value: number): void {
    this.#stored.push(value - this.excessThreshold)
    this.#recentExcesses++
    if (this.#recentExcesses < 2 * this.#options.maxExcess) return
    this.#recentExcesses /= 2
    this.#forgotten += (this.#learned - this.#forgotten) / 2
  }

  #fit(): void {
    if (this.#stored.count < MIN_EXCESSES) return
    this.state = 'calibrated'
    const { ascending, count } = this.#stored
    this.#ratio = Math.max(this.#options.q, 1 / (EXTRAPOLATION * this.#learned))
    this.#shape = fitGpd(ascending, count)
    this.#distance = excessAt(this.#shape, this.#ratio / this.#share)
    const end = this.#end - this.excessThreshold
    if (this.#distance > end) {
      this.#shape = fitBounded(ascending, count, end)
      this.#distance = excessAt(this.#shape, this.#ratio / this.#share)
    }
    this.#refresh()
  }
}
