// SPDX-License-Identifier: Apache-2.0
import type { PlacedFilters } from '../../filters/bits.ts'
import type { Places } from '../../filters/filter-set.ts'
import { type FilterCounter, isSameCounter, type Placed } from '../../filters/places.ts'
import { ADD } from '../../native/filters.ts'

/** Who has which cells and bits of a pinned source, the part `filters` of its notes. */
export interface NotedFilters {
  readonly counters: readonly Omit<FilterCounter, 'id'>[]
  readonly given: Placed['given']
  readonly groups: readonly PlacedFilters[]
}

/** What is noted of a set in force. */
export function filtersNote({ placed, groups }: Places): NotedFilters {
  const counters = placed.counters.map(({ id: _, ...counter }) => counter)
  return { counters, given: placed.given, groups }
}

/** Makes of what was noted what a new set can keep its places from. */
export function placesOf(noted: NotedFilters): Places {
  const counters = noted.counters.map((each) => ({ ...each, id: Symbol(each.counter.name) }))
  return { placed: { counters, given: noted.given }, groups: noted.groups }
}

/** Counters that have the cells of a set already. */
export function notedOwners(
  noted: NotedFilters | undefined,
  { counters }: Placed,
): readonly { add: number; cell: number; id: symbol }[] {
  return counters.flatMap(({ counter, cell, id }) => {
    const before = noted?.counters.find((each) => isSameCounter(each.counter, counter))
    const add = counter.unique === undefined ? ADD.frames : ADD.unique
    return before?.cell === cell ? [{ add, cell, id }] : []
  })
}
