// SPDX-License-Identifier: Apache-2.0
import type { Phase } from './views.ts'

/** One key's series; times are monotonic milliseconds. */
export interface Series {
  readonly id: string
  readonly key: readonly bigint[]
  phase: Phase
  /** Since when it is shown without a break, and since when it has been draining. */
  shown: number
  drained: number
  /** Number of the latest look when its slot was demoted. */
  demotedAt: number
  /** Buckets in a row without it in the top. */
  absent: number
  /** Slot that counts it, and the slot's cells when it began to. */
  slot: number | undefined
  base: readonly bigint[]
  /** Cumulative cells from before that. */
  kept: bigint[]
}

/** A series' cumulative cells at these rows of a table with `adds` cells a row. */
export function sumsOf({ slot, base, kept }: Series, rows: BigUint64Array, adds: number): bigint[] {
  if (slot === undefined) return [...kept]
  const row = (1 + slot) * adds
  return kept.map((sum, cell) =>
    cell < adds ? sum + (rows[row + cell] ?? 0n) - (base[cell] ?? 0n) : sum,
  )
}

/** Ends a series' tie to its slot: its value is what it had at these rows. */
export function freeze(series: Series, rows: BigUint64Array, adds: number): void {
  series.kept = sumsOf(series, rows, adds)
  series.slot = undefined
}
