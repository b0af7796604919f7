// SPDX-License-Identifier: Apache-2.0
import type { TailStatus } from './detector.ts'
import { excessAt, survival } from './gpd.ts'

/**
 * Probability of a value at least as far out in this tail; 1 for a value that lies inside t, where
 * nothing finer is known. Never grows on the way out. NaN before calibration.
 */
export function probabilityOf(tail: TailStatus, value: number): number {
  const excess = signOf(tail) * (value - tail.excessThreshold)
  if (!tail.fit || Number.isNaN(excess)) return Number.NaN
  return excess > 0 ? tail.fit.share * survival(tail.fit, excess) : 1
}

/**
 * Value that is passed in this tail with a probability above 0. NaN before calibration, and for one
 * larger than the share of values beyond t.
 */
export function valueAt(tail: TailStatus, probability: number): number {
  const { fit, excessThreshold } = tail
  if (!fit || probability > fit.share) return Number.NaN
  return excessThreshold + signOf(tail) * excessAt(fit, probability / fit.share)
}

function signOf({ tail }: TailStatus): 1 | -1 {
  return tail === 'upper' ? 1 : -1
}
