// SPDX-License-Identifier: Apache-2.0
import { findRoot } from './brent.ts'
import type { Stored } from './stored.ts'

/** A generalised Pareto distribution: shape gamma, exactly 0 for an exponential, and scale sigma. */
export interface Shape {
  readonly gamma: number
  readonly sigma: number
}

/** How near zero a root of Grimshaw's equation is looked for. */
const NEAR_ZERO = 2e-8

/** Fits to the stored excesses by moments and by likelihood, and takes the likelier. */
export function fitBest(stored: Stored): Shape {
  const { mean, variance } = stored
  const ratio = mean ** 2 / variance
  const moments = { gamma: (1 - ratio) / 2, sigma: (mean * (1 + ratio)) / 2 }
  return likeliest(stored.values, [{ gamma: 0, sigma: mean }, ...grimshaw(stored), moments])
}

/** The likeliest of the shapes; a NaN likelihood loses, and the first wins where all are NaN. */
function likeliest(values: Float64Array, [first, ...others]: [Shape, ...Shape[]]): Shape {
  let best = first
  let highest = logLikelihood(values, first)
  for (const shape of others) {
    const likelihood = logLikelihood(values, shape)
    if (likelihood > highest || (Number.isNaN(highest) && !Number.isNaN(likelihood))) {
      best = shape
      highest = likelihood
    }
  }
  return best
}

/**
 * Reduces the likelihood to one equation in x = gamma / sigma and gives a shape for each root
 * (Grimshaw, Computing maximum likelihood estimates for the generalized Pareto distribution,
 * Technometrics 35, 1993).
 */
function grimshaw({ values, mean, least, most }: Stored): Shape[] {
  const near = Math.min(NEAR_ZERO, 0.5 / most)
  const equation = (x: number): number => {
    let inverse = 0
    let logarithm = 0
    for (const value of values) {
      const term = 1 + x * value
      inverse += 1 / term
      logarithm += Math.log(term)
    }
    return (inverse / values.length) * (1 + logarithm / values.length) - 1
  }
  const roots = [
    findRoot(equation, -1 / most + near, -near),
    findRoot(equation, near, (2 * (mean - least)) / least ** 2),
  ]
  return roots
    .filter((x) => !Number.isNaN(x))
    .map((x) => {
      const gamma = values.reduce((sum, value) => sum + Math.log(1 + x * value), 0) / values.length
      return { gamma, sigma: gamma / x }
    })
}

function logLikelihood(values: Float64Array, { gamma, sigma }: Shape): number {
  const scale = -values.length * Math.log(sigma)
  if (gamma === 0) return scale - values.reduce((sum, value) => sum + value, 0) / sigma
  const x = gamma / sigma
  const logarithms = values.reduce((sum, value) => sum + Math.log(1 + x * value), 0)
  return scale - (1 + 1 / gamma) * logarithms
}
