// SPDX-License-Identifier: Apache-2.0
import type { GroupSpec } from '../capture/group-table.ts'
import type { Meter } from './group.ts'
import type { MeterCells } from './meters.ts'
import type { CountedGroup } from './views.ts'

/** A cumulative cell that the table does not have: the rise of a running counter, of which it keeps the last reading. */
export interface Rise {
  readonly sum: number
  readonly last: number
}

/** How a group's meters are made of its table's cells. */
export interface Layout {
  readonly spec: GroupSpec
  readonly meters: readonly Meter[]
  readonly cells: readonly MeterCells[]
  readonly rises: readonly Rise[]
}

/**
 * Lays a group's cells out: a DELTA_RATE_COUNTER whose table has only its last reading is given a cumulative cell behind
 * the spec's adds.
 */
export function layoutOf({ group: { meters }, spec, cells }: CountedGroup): Layout {
  const rises: Rise[] = []
  const all = cells.map((each, id) => {
    const summed = each.sum !== undefined || each.last === undefined
    if (meters[id]?.vartype !== 'DELTA_RATE_COUNTER' || summed) return each
    const rise = { sum: spec.adds.length + rises.length, last: each.last }
    rises.push(rise)
    return { ...each, sum: rise.sum }
  })
  return { spec, meters, cells: all, rises }
}

/** Cumulative cells over all keys: those of a table's rows, and how far the running counters rose. */
export function totalOf(
  { adds }: GroupSpec,
  rows: BigUint64Array,
  risen: readonly bigint[],
): readonly bigint[] {
  const sums = adds.map(() => 0n)
  for (const [index, value] of rows.entries()) {
    const cell = index % adds.length
    sums[cell] = (sums[cell] ?? 0n) + value
  }
  return [...sums, ...risen]
}
