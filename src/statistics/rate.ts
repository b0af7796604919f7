// SPDX-License-Identifier: Apache-2.0
import { type Statistic, statistic } from './statistic.ts'

/** What makes one rate differ from another. */
interface Rate {
  readonly name: string
  readonly help: string
  /** Counters whose sum is divided by the window's length. */
  readonly counters: readonly string[]
  /** Of packets unless given. */
  readonly unit?: string
  /** The upper one unless given. */
  readonly tails?: Statistic['tails']
}

/** Declares a rate: what the counters add up to a second; 0 over an empty window. */
export function rate(definition: Rate): Statistic {
  return statistic({
    unit: 'packets per second',
    tails: ['upper'],
    range: { lowest: 0 },
    ...definition,
    compute: ({ values, seconds }) => values.reduce((sum, value) => sum + value, 0) / seconds,
  })
}
