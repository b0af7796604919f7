// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util'
import { isWhole, type Window } from '../counters/window.ts'
import type { Detector } from '../spot/detector.ts'
import type { Scope } from '../statistics/expression/evaluate.ts'
import { type Quantity, quantity } from '../statistics/expression/quantity.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { guarded } from './guarded.ts'
import { Recent } from './recent.ts'
import type { Sample } from './sample.ts'

/** Turns one source's windows of one length, in their order, into one statistic's samples. */
export interface Observer {
  observe(window: Window): Sample
  /** Whether a statistic computes the same, so that this can go on as it. */
  suits(statistic: Statistic): boolean
  /** Goes on as a statistic that it suits, judged by this detector from the next window on. */
  change(statistic: Statistic, detector: Detector | undefined): void
}

/** Begins to observe; `recent` is how many values the recent extremes are of. */
export function createObserver(
  first: Statistic,
  parts: {
    readonly detector: Detector | undefined
    readonly recent: number
    readonly warn: ((line: string) => void) | undefined
  },
): Observer {
  let statistic = first
  let { detector } = parts
  const recent = new Recent(parts.recent)
  const compute = guarded(first, parts.warn)
  let previous: readonly number[] | undefined
  let exactPrevious: Scope | undefined
  let windows = 0
  return {
    observe(window) {
      if (window.gap || window.afterGap) {
        previous = exactPrevious = undefined
        recent.clear()
      }
      const { seconds } = window
      const exact = { values: first.counters.map((name) => digits(window, name)), seconds }
      const values = exact.values.map(Number)
      const computed = compute.value({ values, seconds, previous, exact, exactPrevious })
      /* a window cut short spreads wider than those that the detector learned from */
      const value = isWhole(window) ? computed : Number.NaN
      previous = values
      exactPrevious = exact
      windows++
      recent.push(value)
      return {
        statistic,
        value,
        judgement: detector?.judge(value),
        status: detector?.status(),
        recentMax: recent.max,
        recentMin: recent.min,
        windows,
        failures: compute.failures(),
      }
    },
    suits({ counters, definition, compute }) {
      if (!isDeepStrictEqual(counters, first.counters)) return false
      return definition === undefined ? compute === first.compute : definition === first.definition
    },
    change(next, by) {
      statistic = next
      detector = by
    },
  }
}

function digits(window: Window, counter: string): Quantity {
  const value = window.exact(counter)
  return typeof value === 'bigint' ? quantity(value) : value
}
