// SPDX-License-Identifier: Apache-2.0

/** What several rounds of one measurement came to: on a shared machine the minimum is the least disturbed. */
export interface Spread {
  readonly minimum: number
  readonly median: number
  readonly maximum: number
}

/** Minimum, median and maximum; throws on an empty list. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number): number => {
    const value = sorted[index]
    if (value === undefined) throw new Error('no measurements')
    return value
  }
  const { length } = sorted
  const median = (at((length - 1) >> 1) + at(length >> 1)) / 2
  return { minimum: at(0), median, maximum: at(length - 1) }
}
