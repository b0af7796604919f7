// SPDX-License-Identifier: Apache-2.0
import { type Format, number, text } from './format.ts'
import { type SpotOverrides, spotOverrides } from './spot.ts'
import { listOf, mapping } from './structure.ts'

/** A statistic that users define by an expression. */
export interface UserStatistic {
  readonly name: string
  /** What it tells, without a full stop. */
  readonly help?: string
  readonly unit?: string
  readonly expr: string
  /** An expression that has to hold, or the window says nothing. */
  readonly when?: string
  /** Where its values end by their nature: no threshold lies beyond. */
  readonly range?: ValueRange
  /** What its detector has otherwise than the rest. */
  readonly spot?: SpotOverrides
}

/** Ends of what values can be. */
export interface ValueRange {
  readonly lowest?: number
  readonly highest?: number
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** Tells whether a statistic may have a name. */
export function isStatisticName(name: string): boolean {
  return NAME.test(name)
}

const line = text('one line of at most 200 characters', (written) =>
  /^[^\p{Cc}]{0,200}$/u.test(written),
)
const expression = text('an expression over counters, such as "SYN / IP"', (written) =>
  /\S/.test(written),
)

const finite = number('a number', () => true)
const ends = mapping<ValueRange>({ lowest: { format: finite }, highest: { format: finite } })

/** Allows one end or both, in their order. */
export const valueRange: Format<ValueRange> = {
  expected: 'a mapping with lowest, highest or both, the lowest below the highest',
  read(written) {
    const range = ends.read(written)
    const { lowest = Number.NEGATIVE_INFINITY, highest = Number.POSITIVE_INFINITY } = range ?? {}
    return lowest < highest ? range : undefined
  },
  show: ends.show,
}

export const userStatistics: Format<readonly UserStatistic[]> = listOf(
  mapping<UserStatistic>({
    name: {
      format: text('a name of a letter and up to 63 letters, digits and _', isStatisticName),
      required: true,
    },
    help: { format: line },
    unit: { format: line },
    expr: { format: expression, required: true },
    when: { format: expression },
    range: { format: valueRange },
    spot: { format: spotOverrides },
  }),
)
