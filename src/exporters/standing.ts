// SPDX-License-Identifier: Apache-2.0
import type { Sample } from '../monitor/sample.ts'
import type { TailName, TailStatus } from '../spot/detector.ts'

/** A statistic's last sample; undefined before the first window. */
export type Last = Sample | undefined

export const STATES = ['learning', 'calibrated', 'degenerate'] as const

/** Finds where one tail of a statistic stands; undefined before the first window. */
export function tailOf(last: Last, name: TailName): TailStatus | undefined {
  for (const status of last?.status?.tails ?? []) if (status.tail === name) return status
  return undefined
}

/** A statistic is as far as its least advanced tail; one that saw nothing is learning. */
export function stateOf(last: Last): (typeof STATES)[number] {
  if (!last?.status) return 'learning'
  let least: (typeof STATES)[number] = 'calibrated'
  for (const { state } of last.status.tails) {
    if (state === 'learning') return state
    if (state === 'degenerate') least = state
  }
  return least
}

/** Share of calibration done, 0 to 1, of the least advanced tail. */
export function calibrationOf(last: Last): number {
  if (!last?.status) return 0
  let least = Number.POSITIVE_INFINITY
  for (const { calibration } of last.status.tails) least = Math.min(least, calibration)
  return least
}
