// SPDX-License-Identifier: Apache-2.0
import type { KeptSource } from '../capture/kept.ts'
import type { Catalog } from '../counters/catalog.ts'
import { withUserCounters } from '../counters/user-counters.ts'
import type { GroupFilters, PlacedFilters } from '../filters/bits.ts'
import { type CompiledSet, compiledSet } from '../filters/compiled-set.ts'
import { filterSet, type Places, wantedPlaces } from '../filters/filter-set.ts'
import type { Group } from '../groups/group.ts'
import { layerBits } from '../groups/layers.ts'
import type { SpecContext } from '../groups/spec.ts'
import { loadAddon } from '../native/binding.ts'
import type { UserCounter } from '../settings/counters.ts'
import type { Change } from './reload.ts'

/** What filters are planned with besides the settings. */
export interface FilterContext {
  /** Filters in force, whose counters go on. */
  readonly before?: CompiledSet
  /** Places in pinned sources, that those who had them keep. */
  readonly pinned?: Places | undefined
  /** Told of filters that match nothing on a link. */
  readonly warn?: (line: string) => void
}

/** Puts the settings' counters behind others, for what needs their names only. */
export function catalogWith(others: Catalog, counters: readonly UserCounter[]): Catalog {
  return withUserCounters(
    others,
    counters.map((counter, place) => ({ counter, place })),
  )
}

/** Plans the filters of counters and groups; throws SETTINGS when there are too many. */
export function planFilters(
  counters: readonly UserCounter[],
  groups: readonly Group[],
  { before, pinned, warn = () => undefined }: FilterContext,
): CompiledSet {
  const fields = new Map(
    loadAddon()
      .keyFields()
      .map(({ name, index }) => [name, index]),
  )
  const fieldIndex = (field: string): number => fields.get(field) ?? 0
  const wanted = { counters, groups: groups.flatMap(filtersOf), layerBits, fieldIndex }
  const places = before ?? (pinned && wantedPlaces(wanted, pinned))
  const transmit = groups.some((group) => group.direction && filtersOf(group).length > 0)
  return { ...compiledSet(filterSet(wanted, places), { before, warn }), transmit }
}

function filtersOf({ guid, filter, key }: Group): GroupFilters[] {
  const rules = (key.rules ?? []).map((rule) => rule.if)
  const texts = [...(filter === undefined ? [] : [filter]), ...rules]
  return texts.length > 0 ? [{ guid, texts }] : []
}

/** Gives the bits of a group's filter and rules. */
export function bitsOf(
  group: Group,
  placed: readonly PlacedFilters[],
): NonNullable<SpecContext['bits']> {
  const first = placed.find(({ guid }) => guid === group.guid)?.first
  if (first === undefined) return {}
  const own = group.filter !== undefined
  return { ...(own && { filter: first }), ...(group.key.rules && { rules: first + Number(own) }) }
}

/**
 * Has sources try packets on other filters, beside those in force, so that what stays loses no packet; the counters
 * follow when the change is made. Rejects with the kernel's refusal.
 */
export async function changeFilters(
  sources: readonly KeptSource[],
  { before, next }: { readonly before: CompiledSet; readonly next: CompiledSet },
): Promise<Change> {
  await Promise.all(sources.map((source) => source.prepareFilters(next)))
  const take = (set: CompiledSet): void => {
    for (const source of sources) source.takeFilters(set)
  }
  return { commit: () => take(next), undo: () => take(before) }
}
