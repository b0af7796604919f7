// SPDX-License-Identifier: Apache-2.0
import { demand, demandShares, demandWhole } from './demand.ts'
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
  /** Values whose mean is subtracted from the next before it is judged; 0, the default: none. */
  readonly depth?: number
  /**
   * Where values end by their nature, such as shares at 1: a threshold never lies beyond. Not used
   * with `depth`.
   */
  readonly lowest?: number
  readonly highest?: number
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
  const { q, level, nInit, maxExcess, maxEvent, holdOff, depth = 0 } = options
  demand(level > 0, 'level', level, 'above 0 and below 1')
  demandShares(q, level, 'above 0')
  demandWhole('nInit', nInit, 2)
  demandWhole('maxExcess', maxExcess, 10, 65_536)
  demandWhole('depth', depth, 0)
  demand(maxEvent >= 1, 'maxEvent', maxEvent, 'at least 1')
  demand(holdOff >= 0, 'holdOff', holdOff, 'at least 0')
}
