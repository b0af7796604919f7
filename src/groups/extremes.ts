// SPDX-License-Identifier: Apache-2.0
import type { GroupCut, GroupSpec } from '../capture/group-table.ts'

/** What one key held over the windows of a bucket; NaN: nothing. */
export interface Folded {
  readonly extremes: Float64Array
  readonly uniques: Float64Array
}

/** Begins a bucket. */
export function emptyFold({ extremes, uniques }: GroupSpec): Folded {
  return {
    extremes: new Float64Array(extremes.length).fill(Number.NaN),
    uniques: new Float64Array(uniques.length).fill(Number.NaN),
  }
}

/** Adds a window to the bucket; estimates of distinct values cannot be added up, the last one stands. */
export function fold({ extremes, uniques }: Folded, spec: GroupSpec, cut: GroupCut, slot: number) {
  for (const [index, { keep }] of spec.extremes.entries()) {
    const next = cut.extremes[slot * spec.extremes.length + index] ?? Number.NaN
    const held = extremes[index] ?? Number.NaN
    if (Number.isNaN(next)) continue
    const better = keep === 'max' ? next > held : keep === 'min' ? next < held : true
    if (better || Number.isNaN(held)) extremes[index] = next
  }
  for (const index of spec.uniques.keys()) {
    uniques[index] = cut.uniques[slot * spec.uniques.length + index] ?? Number.NaN
  }
}

/** What one window alone gave a slot. */
export function windowExtreme(spec: GroupSpec, cut: GroupCut, slot: number, index: number): number {
  return cut.extremes[slot * spec.extremes.length + index] ?? Number.NaN
}
