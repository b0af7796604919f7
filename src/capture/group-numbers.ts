// SPDX-License-Identifier: Apache-2.0
import type { CellValue, GroupSpec } from './group-table.ts'

const FIELDS = 5
const CELLS = 8
const UNIQUES = 2
const KEEP = { max: 0, min: 1, last: 2 } as const

/** Numbers of a fixed count: the list, then zeros. */
function padded(list: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => list[at] ?? 0)
}

/** Frames, bytes, then the fields. */
function cell(value: CellValue): number {
  if (value === 'frames') return 0
  return value === 'bytes' ? 1 : value + 2
}

/** A group's spec as the addon takes it: `struct group_wish` of native/addon/groups.h. */
export function groupNumbers(spec: GroupSpec): Int32Array {
  return Int32Array.from([
    spec.layers,
    spec.filter,
    spec.fields.length,
    ...padded(spec.fields, FIELDS),
    spec.prefix4,
    spec.prefix6,
    spec.rules?.first ?? -1,
    spec.rules?.count ?? 0,
    spec.adds.length,
    ...padded(spec.adds.map(cell), CELLS),
    spec.extremes.length,
    ...padded(
      spec.extremes.map(({ value }) => cell(value)),
      CELLS,
    ),
    ...padded(
      spec.extremes.map(({ keep }) => KEEP[keep]),
      CELLS,
    ),
    spec.uniques.length,
    ...padded(spec.uniques, UNIQUES),
    spec.uniqueBits,
    spec.rank,
    spec.slots,
    spec.tracked,
  ])
}

/** Words of a group's keys: its fields of 128 and 48 bits in their order, then four of the others a word. */
export function keyWordCount(spec: GroupSpec, bitsOf: (field: number) => number): number {
  if (spec.rules || spec.classes) return 1
  const bits = spec.fields.map(bitsOf)
  const wide = bits.filter((each) => each > 16)
  const words = wide.reduce((sum, each) => sum + (each > 64 ? 2 : 1), 0)
  return words + Math.ceil((bits.length - wide.length) / 4)
}
