// SPDX-License-Identifier: Apache-2.0
import type { Quantity } from '../../src/statistics/expression/quantity.ts'
import type { Look } from '../../src/statistics/statistic.ts'

/** One window as a statistic sees it, from the values of its counters. */
export function look(
  values: readonly Quantity[],
  previous?: readonly Quantity[],
  seconds = 1,
): Look<readonly string[]> {
  return {
    values: values.map(Number),
    seconds,
    previous: previous?.map(Number),
    exact: { values, seconds },
    exactPrevious: previous && { values: previous, seconds },
  }
}
