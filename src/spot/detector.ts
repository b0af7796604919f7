// SPDX-License-Identifier: Apache-2.0

export type TailName = 'lower' | 'upper'

/**
 * What a value means: `learning` and `degenerate` (constant input so far) come before any
 * threshold exists.
 */
export type Verdict = 'learning' | 'degenerate' | 'normal' | 'excess' | 'anomaly'

/** What a detector says of one value; the thresholds are those the value was judged against. */
export interface Judgement {
  readonly verdict: Verdict
  /** Tail that an excess or anomaly lies in. */
  readonly tail?: TailName
  /**
   * Probability of a value at least this far out, 1 for a value in no tail; NaN while learning or
   * degenerate.
   */
  readonly probability: number
  /** Anomaly thresholds; NaN where there is none (yet). */
  readonly lower: number
  readonly upper: number
  /** True when this value opens an event (an episode: hold-off applied). */
  readonly opens: boolean
}

/** What the probabilities of one tail follow from. */
export interface TailFit {
  /** Shape and scale of the generalised Pareto distribution of its excesses. */
  readonly gamma: number
  readonly sigma: number
  /** Share of values beyond the excess threshold. */
  readonly share: number
}

/** Standing of one tail. */
export interface TailStatus {
  readonly tail: TailName
  readonly state: 'learning' | 'calibrated' | 'degenerate'
  /** Anomaly threshold z; NaN before calibration. */
  readonly threshold: number
  /** Excess threshold t; NaN before calibration. */
  readonly excessThreshold: number
  /** Probability q in force; NaN before calibration. */
  readonly falseAlarmRatio: number
  /** Probability q that was asked for, and the share of values meant to lie inside t. */
  readonly targetRatio: number
  readonly level: number
  /** Excesses that the fit is made of, and the fit; undefined before calibration. */
  readonly stored: number
  readonly fit: TailFit | undefined
  /** Share of calibration done, 0..1. */
  readonly calibration: number
  /**
   * Values judged anomalous, events opened, values beyond the excess threshold, since the detector
   * began.
   */
  readonly anomalies: number
  readonly events: number
  readonly excesses: number
  readonly eventOpen: boolean
}

/** Standing of a detector. */
export interface DetectorStatus {
  /** Values fed; NaN is never fed. */
  readonly values: number
  /** Lasting shifts taken for the new normal: all was learned anew. */
  readonly recalibrations: number
  readonly tails: readonly TailStatus[]
}

/** Learns from values how far the next may honestly go. */
export interface Detector {
  /** Judges one value, then learns from it; NaN judges nothing and teaches nothing. */
  judge(value: number): Judgement
  status(): DetectorStatus
}
