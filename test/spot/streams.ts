// SPDX-License-Identifier: Apache-2.0

import type { Detector, TailStatus } from '../../src/spot/detector.ts'
import type { SpotOptions } from '../../src/spot/options.ts'
import { createDetector } from '../../src/spot/spot.ts'

/** Uniform numbers in (0, 1): mulberry32, the same for the same seed. */
export function uniform(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4294967296
  }
}

/** Draws numbers of a named distribution. */
export const draw = {
  gaussian(seed: number): () => number {
    const next = uniform(seed)
    return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  },
  exponential(seed: number): () => number {
    const next = uniform(seed)
    return () => -Math.log(next())
  },
  pareto3(seed: number): () => number {
    const next = uniform(seed)
    return () => next() ** (-1 / 3)
  },
  lognormal(seed: number): () => number {
    const next = draw.gaussian(seed)
    return () => Math.exp(next())
  },
} as const

/** A detector of both tails as the tests want it by default. */
export function detector(options: Partial<SpotOptions> = {}): Detector {
  return createDetector({
    tails: ['lower', 'upper'],
    q: 1e-4,
    level: 0.98,
    nInit: 1000,
    maxExcess: 200,
    maxEvent: 3600,
    holdOff: 0,
    ...options,
  })
}

/** Feeds `count` values of a stream. */
export function feed(to: Detector, count: number, next: () => number): void {
  for (let i = 0; i < count; i++) to.judge(next())
}

/** Standing of one tail; throws when the detector lacks it. */
export function tailOf(of: Detector, name: TailStatus['tail']): TailStatus {
  const found = of.status().tails.find(({ tail }) => tail === name)
  if (!found) throw new Error(`no ${name} tail`)
  return found
}
