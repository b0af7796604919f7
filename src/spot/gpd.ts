// SPDX-License-Identifier: Apache-2.0

/** A generalised Pareto distribution of excesses: shape gamma, scale sigma. */
export interface Gpd {
  readonly gamma: number
  readonly sigma: number
}

/**
 * The shape is taken no lower: a bounded tail is not inferred from a few values that happen to lie
 * close together.
 */
const GAMMA_MIN = -0.1
const GAMMA_MAX = 0.99
/**
 * The shape is raised by this divided by the count: a quantile of a fitted distribution is exceeded
 * more often than that of the true one, the more so the fewer values it was fitted to.
 */
const DOUBT = 4
/** Below this the shape counts as 0, and the distribution as exponential. */
const GAMMA_ZERO = 1e-9

/**
 * Fits by probability-weighted moments (Hosking and Wallis, Technometrics 29, 1987) to the first
 * `count` values, ascending. With winsorised feedback it keeps the alarm rate nearer to q than
 * maximum likelihood or moments, and costs no logarithm.
 */
export function fitGpd(ascending: Float64Array, count: number): Gpd {
  let sum = 0
  let weighted = 0
  for (let i = 0; i < count; i++) {
    const value = ascending[i] ?? 0
    sum += value
    weighted += value * (count - i - 0.65)
  }
  const mean = sum / count
  const half = weighted / (count * count)
  const shape = 2 - mean / (mean - 2 * half) + DOUBT / count
  const gamma = Math.min(GAMMA_MAX, Math.max(GAMMA_MIN, shape))
  return { gamma, sigma: mean * (1 - gamma) }
}

/** An exponent no larger puts every quantile at the end. */
const LEAST_EXPONENT = 1e-3

/**
 * Fits to excesses that cannot be larger than `end`, by maximum likelihood: the survival
 * (1 - y / end) ** a has one parameter. Where the end itself is common, it is the threshold.
 */
export function fitBounded(ascending: Float64Array, count: number, end: number): Gpd {
  let sum = 0
  for (let i = 0; i < count; i++) sum -= Math.log(Math.max(0, 1 - (ascending[i] ?? 0) / end))
  const exponent = Math.max(LEAST_EXPONENT, (count - DOUBT) / sum)
  return { gamma: -1 / exponent, sigma: end / exponent }
}

/** Finds the excess that is exceeded with probability `ratio`; 0 for a ratio of 1 or more. */
export function excessAt({ gamma, sigma }: Gpd, ratio: number): number {
  if (ratio >= 1) return 0
  if (Math.abs(gamma) < GAMMA_ZERO) return -sigma * Math.log(ratio)
  return (sigma / gamma) * (ratio ** -gamma - 1)
}

/** Probability that an excess is larger than `excess`. */
export function survival({ gamma, sigma }: Gpd, excess: number): number {
  if (Math.abs(gamma) < GAMMA_ZERO) return Math.exp(-excess / sigma)
  return Math.max(0, 1 + (gamma * excess) / sigma) ** (-1 / gamma)
}
