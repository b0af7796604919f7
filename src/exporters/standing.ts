// SPDX-License-Identifier: Apache-2.0
import type { Sample } from '../monitor/sample.ts'
import type { TailName, TailStatus } from '../spot/detector.ts'

/** A statistic's last sample; undefined before the first window. */
export type Last = Sample | undefined

export const STATES = ['learning', 'calibrated', 'degenerate'] as const

/** Finds where one tail of a statistic stands; undefined before the first window. */
export function tailOf(last: Last, name: TailName): TailStatus | undefined {
  return last?.status?.tails.find(({ tail }) => tail === name)
}

/** A statistic is as far as its least advanced tail; one that saw nothing is learning. */
export function stateOf(last: Last): (typeof STATES)[number] {
  const states = last?.status?.tails.map(({ state }) => state) ?? ['learning']
  if (states.includes('learning')) return 'learning'
  return states.includes('degenerate') ? 'degenerate' : 'calibrated'
}

/** Share of calibration done, 0 to 1, of the least advanced tail. */
export function calibrationOf(last: Last): number {
  const shares = last?.status?.tails.map(({ calibration }) => calibration) ?? [0]
  return Math.min(...shares)
}
