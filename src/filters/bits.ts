// SPDX-License-Identifier: Apache-2.0

/** Filters of a group, which have bits in a row: its own, if it has one, then its rules. */
export interface GroupFilters {
  readonly guid: string
  readonly texts: readonly string[]
}

/** A group's filters and the first of their bits. */
export interface PlacedFilters extends GroupFilters {
  readonly first: number
}

/**
 * Gives groups their bits, below a limit. A group that had the same filters before keeps its bits, since its program
 * has their numbers in it; undefined when there are too many, or the rest is too broken up.
 */
export function placeBits(
  groups: readonly GroupFilters[],
  before: readonly PlacedFilters[],
  limit: number,
): readonly PlacedFilters[] | undefined {
  const taken = new Set<number>()
  const isFree = (first: number, count: number): boolean =>
    first + count <= limit && !bitsOf(first, count).some((bit) => taken.has(bit))
  const placed = new Map<GroupFilters, PlacedFilters>()
  const put = (group: GroupFilters, first: number): void => {
    for (const bit of bitsOf(first, group.texts.length)) taken.add(bit)
    placed.set(group, { ...group, first })
  }
  for (const group of groups) {
    const same = before.find((each) => isSame(each, group))
    if (same && isFree(same.first, group.texts.length)) put(group, same.first)
  }
  for (const group of groups) {
    if (placed.has(group)) continue
    const first = bitsOf(0, limit).find((bit) => isFree(bit, group.texts.length))
    if (first === undefined) return undefined
    put(group, first)
  }
  return groups.flatMap((group) => placed.get(group) ?? [])
}

function bitsOf(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at)
}

function isSame(a: GroupFilters, b: GroupFilters): boolean {
  return a.guid === b.guid && JSON.stringify(a.texts) === JSON.stringify(b.texts)
}
