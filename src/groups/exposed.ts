// SPDX-License-Identifier: Apache-2.0

import type { Layout } from './layout.ts'
import { isCounter } from './meters.ts'
import { type Series, sumsOf } from './series.ts'
import type { Standing } from './standing.ts'
import type { ExposedKey, Gauge } from './views.ts'

const NONE: Gauge = { value: Number.NaN }

/** A series as a scrape shows it. */
export function exposed(
  series: Series,
  { gauges }: Standing,
  { spec, meters, cells }: Layout,
  rows: BigUint64Array,
): ExposedKey {
  const sums = sumsOf(series, rows, spec.adds.length)
  return {
    key: series.key,
    phase: series.phase,
    sums,
    gauges: meters.map(({ id, vartype }) => {
      if (isCounter(vartype)) return undefined
      const { last, sum, unique } = cells[id] ?? {}
      const summed = vartype === 'RUNNING_COUNTER' && last === undefined && unique === undefined
      return summed ? { value: Number(sums[sum ?? -1] ?? Number.NaN) } : (gauges[id] ?? NONE)
    }),
  }
}
