// SPDX-License-Identifier: Apache-2.0
import {
  MOST_COUNTERS,
  MOST_UNIQUE,
  type PlacedCounter,
  SUM_PLACES,
  UNIQUE_PLACES,
} from '../counters/user-counters.ts'
import type { UserCounter } from '../settings/counters.ts'

/** A counter with its place in readings and its cell of sums, or number of a sketch. */
export interface FilterCounter extends PlacedCounter {
  readonly cell: number
  /** Its own as long as it is not changed or removed. */
  readonly id: symbol
}

/** Counters with what they were given. */
export interface Placed {
  readonly counters: readonly FilterCounter[]
  /** Places given so far. */
  readonly given: { readonly sums: number; readonly uniques: number }
}

const NOTHING: Placed = { counters: [], given: { sums: 0, uniques: 0 } }

/**
 * Gives counters their cells and places. One that was there before in the same words keeps both, and so its count;
 * others get cells that nobody had just before, as far as there are any, and the places that were given longest ago.
 */
export function placeCounters(counters: readonly UserCounter[], before = NOTHING): Placed {
  const isUnique = ({ unique }: UserCounter): boolean => unique !== undefined
  const part = (unique: boolean, cells: number, places: number, given: number) =>
    placePart(
      counters.filter((each) => isUnique(each) === unique),
      before.counters.filter(({ counter }) => isUnique(counter) === unique),
      { cells, places, given },
    )
  const sums = part(false, MOST_COUNTERS, SUM_PLACES, before.given.sums)
  const uniques = part(true, MOST_UNIQUE, UNIQUE_PLACES, before.given.uniques)
  const all = [...sums.counters, ...uniques.counters]
  return {
    counters: counters.flatMap((each) => all.find(({ counter }) => counter === each) ?? []),
    given: { sums: sums.given, uniques: uniques.given },
  }
}

/** Places either sums or what is unique; counters beyond the cells are left out. */
function placePart(
  counters: readonly UserCounter[],
  before: readonly FilterCounter[],
  room: { readonly cells: number; readonly places: number; readonly given: number },
): { counters: FilterCounter[]; given: number } {
  const same = new Map(counters.map((each) => [each, findSame(before, each)]))
  const stay = new Set([...same.values()].map((each) => each?.cell))
  const held = new Set(before.map(({ cell }) => cell))
  const cells = Array.from({ length: room.cells }, (_, cell) => cell)
    .filter((cell) => !stay.has(cell))
    .toSorted((a, b) => Number(held.has(a)) - Number(held.has(b)))
  const taken = new Set(before.map(({ place }) => place))
  let { given } = room
  const placed = counters.flatMap((counter): FilterCounter[] => {
    const old = same.get(counter)
    if (old) return [{ ...old, counter }]
    const cell = cells.shift()
    if (cell === undefined) return []
    while (taken.has(given % room.places)) given++
    return [{ counter, cell, place: given++ % room.places, id: Symbol(counter.name) }]
  })
  return { counters: placed, given }
}

function findSame(before: readonly FilterCounter[], counter: UserCounter) {
  return before.find((each) => isSameCounter(each.counter, counter))
}

/** Tells whether two counters count the same under the same name. */
export function isSameCounter(a: UserCounter, b: UserCounter): boolean {
  return wordsOf(a) === wordsOf(b)
}

/** What a count depends on; help may change. */
function wordsOf({ name, layer, filter, add = 1, unique }: UserCounter): string {
  return JSON.stringify([name, layer, filter, unique ?? add])
}
