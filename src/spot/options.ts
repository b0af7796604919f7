// SPDX-License-Identifier: Apache-2.0
import type { TailName } from './detector.ts'

/** How a detector learns and judges; durations are counts of values. */
export interface SpotOptions {
  readonly tails: readonly TailName[]
  /** Probability of a value beyond an anomaly threshold, each tail; below 1 - level. */
  readonly q: number
  /** Share of values inside the excess threshold. */
  readonly level: number
  /** Values that the first excess threshold is computed from. */
  readonly nInit: number
  /** Excesses kept for the fit. */
  readonly maxExcess: number
  /** Values after which a lasting shift is accepted and learned anew. */
  readonly maxEvent: number
  /**
   * Values without an anomaly that end an episode; until then a new anomaly belongs to the same
   * event.
   */
  readonly holdOff: number
}

/**
 * Chooses the level: .98, or lower where it would leave fewer than 30 of the first values as
 * excesses.
 */
export function defaultLevel(nInit: number): number {
  return Math.min(0.98, 1 - 30 / nInit)
}

/** Throws a RangeError that names the first option out of range. */
export function checkOptions(options: SpotOptions): void {
  if (options.tails.length === 0) throw new RangeError('a detector needs at least one tail')
  const { q, level, nInit, maxExcess, maxEvent, holdOff } = options
  const demand = (met: boolean, name: string, value: number, range: string): void => {
    if (!met) throw new RangeError(`${name} is ${value}, but must be ${range}`)
  }
  const whole = (value: number, least: number): boolean => Number.isInteger(value) && value >= least
  demand(level > 0 && level < 1, 'level', level, 'between 0 and 1')
  demand(q > 0 && q + level < 1, 'q', q, `above 0 and below 1 - level = ${1 - level}`)
  demand(whole(nInit, 2), 'nInit', nInit, 'a whole number, at least 2')
  demand(
    whole(maxExcess, 10) && maxExcess <= 65_536,
    'maxExcess',
    maxExcess,
    'a whole number between 10 and 65,536',
  )
  demand(maxEvent >= 1, 'maxEvent', maxEvent, 'at least 1')
  demand(holdOff >= 0, 'holdOff', holdOff, 'at least 0')
}
