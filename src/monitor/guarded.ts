// SPDX-License-Identifier: Apache-2.0
import type { Look, Statistic } from '../statistics/statistic.ts'

/** A computation that never throws. */
export interface Guarded {
  /** Gives the value; NaN where the statistic failed. */
  value(look: Look<readonly string[]>): number
  /** Times that it failed. */
  failures(): number
}

/** Keeps a statistic that throws from stopping the others; only its first failure is told. */
export function guarded(statistic: Statistic, warn: ((line: string) => void) | undefined): Guarded {
  let failures = 0
  return {
    value(look) {
      try {
        return statistic.compute(look)
      } catch (error) {
        if (failures++ === 0) {
          const reason = error instanceof Error ? error.message : String(error)
          warn?.(`statistic ${statistic.name} failed: ${reason}; later failures are only counted`)
        }
        return Number.NaN
      }
    },
    failures: () => failures,
  }
}
