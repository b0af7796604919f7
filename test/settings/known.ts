// SPDX-License-Identifier: Apache-2.0
import type { Known } from '../../src/settings/known.ts'

/** What settings are checked against: nothing is known and nothing objected to, unless given. */
export function known(more: Partial<Known> = {}): Known {
  return {
    statistics: [],
    plugins: new Map(),
    expression: () => undefined,
    thresholds: () => [],
    groups: () => [],
    counters: () => [],
    filter: () => undefined,
    ...more,
  }
}
