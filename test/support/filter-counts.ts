// SPDX-License-Identifier: Apache-2.0
import { compileFilters } from '../../src/filters/compile.ts'
import { ETHERNET } from '../../src/filters/link-types.ts'
import { type ClassicProgram, isMistake } from '../../src/filters/program.ts'
import type { Addon, Handle } from '../../src/native/binding.ts'
import { ADD, type FilterAddon, type FilterProgram } from '../../src/native/filters.ts'

/** Filters that have a cell each. */
export const BATCH = 64

/** Compiles filters that must all be right; those that libpcap finds to match nothing are left out. */
export async function mustCompile(texts: readonly string[]): Promise<ClassicProgram[]> {
  const results = await compileFilters(texts, ETHERNET)
  return results.flatMap((result, index) => {
    if (!isMistake(result)) return [result]
    if (result.message.includes('rejects all packets')) return []
    throw new Error(`${texts[index]}: ${result.message}`)
  })
}

/** Programs that count frames, each into the cell of its number. */
export function counting(programs: readonly ClassicProgram[]): FilterProgram[] {
  return programs.map(({ instructions }, cell) => {
    return { instructions, layers: 0, add: ADD.frames, field: 0, cell, fresh: 1 }
  })
}

/** What the first cells of a source hold. */
export function cellsOf(addon: FilterAddon, source: Handle, count: number): number[] {
  const cells = new BigUint64Array(addon.filterSizes(source).cells)
  addon.lookFilters(source, cells)
  return Array.from(cells.subarray(0, count), Number)
}

/** Frames that each program accepts, counted by sources of at most 64 filters. */
export async function countMatches(
  addon: Addon & FilterAddon,
  programs: readonly ClassicProgram[],
  open: () => Handle,
  feed: (source: Handle) => void,
): Promise<number[]> {
  const counts: number[] = []
  for (let start = 0; start < programs.length; start += BATCH) {
    const batch = programs.slice(start, start + BATCH)
    const source = open()
    await addon.setFilters(source, ETHERNET, counting(batch))
    feed(source)
    counts.push(...cellsOf(addon, source, batch.length))
    addon.close(source)
  }
  return counts
}
