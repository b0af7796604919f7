// SPDX-License-Identifier: Apache-2.0
import type { GroupTable } from '../capture/group-table.ts'
import type { KeyTally } from './bucket.ts'
import { findCandidates } from './candidates.ts'
import type { Layout } from './layout.ts'
import { type Series, sumsOf } from './series.ts'
import type { Standing } from './standing.ts'

/** A bucket as it stands at these rows. */
export interface Running {
  readonly rows: BigUint64Array
  /** Whether the table forgot a candidate in this bucket. */
  readonly forgotten: boolean
  standingOf(series: Series): Standing
}

/** What each known key was worth in a bucket: series from their rows, the others as candidates. */
export function tallied(
  table: GroupTable,
  { spec, meters, cells, rises }: Layout,
  shown: readonly Series[],
  { rows, forgotten, standingOf }: Running,
): readonly KeyTally[] {
  const spare = shown.length
  const { byId, all } = findCandidates(table, meters, cells, spare)
  const none = Array.from({ length: spec.adds.length + rises.length }, () => 0n)
  const added = (sums: readonly bigint[], adds: readonly bigint[]) =>
    sums.map((sum, cell) => sum + (adds[cell] ?? 0n))

  const series = shown.map((each): KeyTally => {
    const { id, key, phase } = each
    const { mark, steady, before, folded } = standingOf(each)
    const ever = sumsOf(each, rows, spec.adds.length)
    const own = ever.map((sum, cell) => sum - (mark[cell] ?? 0n))
    if (phase === 'promoted') {
      return { id, key, sums: added(own, before), ever, ...folded, exact: steady }
    }
    const candidate = byId.get(id)
    const exact = !forgotten && (candidate ? candidate.error === 0n : all)
    return { id, key, sums: added(own, candidate?.adds ?? []), ever, exact }
  })
  const known = new Set(shown.map(({ id }) => id))
  const candidates = [...byId]
    .filter(([id]) => !known.has(id))
    .map(([id, { key, adds, error }]): KeyTally => {
      const sums = added(none, adds)
      return { id, key, sums, ever: sums, exact: !forgotten && error === 0n }
    })
  return [...series, ...candidates]
}
