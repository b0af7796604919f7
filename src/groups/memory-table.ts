// SPDX-License-Identifier: Apache-2.0
import { LRUCache } from 'lru-cache'
import type { Candidate, GroupSpec, GroupTable } from '../capture/group-table.ts'
import { compareKeys } from './bucket.ts'
import type { MeterCells } from './meters.ts'
import { textWords, wordsText } from './text-words.ts'

/** A table in JavaScript's own memory: keys are texts, counted by `record`. */
export interface MemoryTable extends GroupTable {
  /** Adds a sample to the key's cells of a meter, and one to the first cumulative cell. */
  record(key: string, cells: MeterCells, sample: Sample): void
}

/** What is added to a meter's sum, to its count, and to its extremes. */
export interface Sample {
  readonly amount: bigint
  readonly weight: bigint
  readonly sample: number
}

/**
 * Opens a table that counts candidates exactly as long as it holds them: of more than `tracked` the one that was not seen
 * for longest gives way, so an error is always 0 and only evictions tell of what was missed.
 */
export function createMemoryTable(spec: GroupSpec): MemoryTable {
  const { adds, extremes, slots } = spec
  const rows = new BigUint64Array((1 + slots) * adds.length)
  const window = new Float64Array(slots * extremes.length).fill(Number.NaN)
  const promoted = new Map<string, number>()
  let evictions = 0n
  const tracked = new LRUCache<string, BigUint64Array>({
    max: Math.max(spec.tracked, 1),
    dispose: (_sums, _key, reason) => {
      if (reason === 'evict') evictions++
    },
  })

  function add(
    sums: BigUint64Array,
    from: number,
    { sum, count }: MeterCells,
    { amount, weight }: Sample,
  ): void {
    sums[from] = (sums[from] ?? 0n) + 1n
    if (sum !== undefined) sums[from + sum] = (sums[from + sum] ?? 0n) + amount
    if (count !== undefined) sums[from + count] = (sums[from + count] ?? 0n) + weight
  }
  function extend(slot: number, { last, min, max }: MeterCells, sample: number): void {
    for (const cell of [last, min, max]) {
      if (cell === undefined) continue
      const at = slot * extremes.length + cell
      const held = window[at] ?? Number.NaN
      const keep = extremes[cell]?.keep
      const better = keep === 'max' ? sample > held : keep === 'min' ? sample < held : true
      if (better || Number.isNaN(held)) window[at] = sample
    }
  }
  function candidateOf(key: string): BigUint64Array {
    const known = tracked.get(key)
    if (known) return known
    const fresh = new BigUint64Array(adds.length)
    tracked.set(key, fresh)
    return fresh
  }

  return {
    spec,
    record(key, cells, sample) {
      const slot = promoted.get(key)
      add(rows, slot === undefined ? 0 : (1 + slot) * adds.length, cells, sample)
      if (slot !== undefined) extend(slot, cells, sample.sample)
      else if (spec.tracked > 0) add(candidateOf(key), 0, cells, sample)
    },
    look: () => rows.slice(),
    cut() {
      const cut = { extremes: window.slice(), uniques: new Float64Array() }
      window.fill(Number.NaN)
      return cut
    },
    promote(slot, words) {
      const key = wordsText(words)
      promoted.set(key, slot)
      tracked.delete(key)
    },
    demote(slot) {
      for (const [key, at] of promoted) if (at === slot) promoted.delete(key)
    },
    candidates: (count, by) =>
      [...tracked.entries()]
        .map(([key, sums]): Candidate => ({ key: textWords(key), adds: [...sums], error: 0n }))
        .sort((a, b) => falling(a.adds[by], b.adds[by]) || compareKeys(a.key, b.key))
        .slice(0, count),
    clear: () => tracked.clear(),
    fill: () => ({
      tracked: tracked.size,
      room: spec.tracked,
      evictions,
      error: 0n,
      bytes: rows.byteLength + window.byteLength + tracked.size * adds.length * 8,
    }),
    close() {
      tracked.clear()
      promoted.clear()
    },
  }
}

function falling(a = 0n, b = 0n): number {
  return a > b ? -1 : a < b ? 1 : 0
}
