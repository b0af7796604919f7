// SPDX-License-Identifier: Apache-2.0
import type { Counters } from './answers.ts'

/** How fast one interface's counters grow. */
export interface Rates {
  take(counters: Counters): void
  /** A second, between the last two answers; undefined before the second. */
  of(name: string): number | undefined
}

export function createRates(): Rates {
  let [before, last]: (Counters | undefined)[] = []
  return {
    take(counters) {
      if (counters.time !== last?.time) [before, last] = [last, counters]
    },
    of(name) {
      const [from, to] = [before?.counters?.[name], last?.counters?.[name]]
      if (from === null || from === undefined || to === null || to === undefined) return undefined
      const seconds = (Date.parse(last?.time ?? '') - Date.parse(before?.time ?? '')) / 1000
      return seconds > 0 ? Number(BigInt(to) - BigInt(from)) / seconds : undefined
    },
  }
}
