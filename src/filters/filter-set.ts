// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import { ADD } from '../native/filters.ts'
import type { UserCounter } from '../settings/counters.ts'
import { type GroupFilters, type PlacedFilters, placeBits } from './bits.ts'
import { FILTERS } from './limits.ts'
import { type FilterCounter, isSameCounter, type Placed, placeCounters } from './places.ts'

/** What is tried on packets for one of the bits of their matches. */
export interface WantedFilter {
  /** In pcap-filter's language. */
  readonly text: string
  /** Whom it is for: `counter NAME` or `group {GUID}`. */
  readonly owner: string
  /** Bits of `enum layers` that packets must have. */
  readonly layers: number
  /** One of ADD. */
  readonly add: number
  /** Number of a field, with ADD.unique. */
  readonly field: number
  readonly cell: number
  /** That of the counter that has the cell; undefined of a filter that only sets its bit. */
  readonly id?: symbol
}

/** Filters by their bits; undefined where a bit is nobody's. */
export type Filters = readonly (WantedFilter | undefined)[]

/** All that is wanted of a source's filters, and the filters. */
export interface FilterSet {
  readonly placed: Placed
  readonly groups: readonly PlacedFilters[]
  readonly filters: Filters
  /** The same with those of the set before that are gone, to change from one to the other without a loss. */
  readonly during: Filters
}

/** Who has which places: what a set keeps of the one before. */
export type Places = Pick<FilterSet, 'placed' | 'groups'>

/** What filters are wanted for. */
export interface Wanted {
  readonly counters: readonly UserCounter[]
  readonly groups: readonly GroupFilters[]
  /** Bits of a layer in `enum layers`, by its name. */
  readonly layerBits: (layer: string) => number
  /** Number of a field, by its name. */
  readonly fieldIndex: (field: string) => number
}

const ADDS = { 1: ADD.frames, bytes: ADD.bytes, payload_bytes: ADD.payload } as const

/**
 * Gives counters their cells and groups their bits; those that the set before had keep them. What is gone keeps its own
 * during the change, as far as there is room. Throws SETTINGS when there are too many.
 */
export function filterSet(wanted: Wanted, before?: Places): FilterSet {
  const { counters, groups } = wanted
  const gone = {
    counters: (before?.placed.counters ?? [])
      .map(({ counter }) => counter)
      .filter((old) => !counters.some((each) => isSameCounter(each, old))),
    groups: (before?.groups ?? []).filter(({ guid }) => !groups.some((each) => each.guid === guid)),
  }
  const both = {
    ...wanted,
    counters: [...counters, ...gone.counters],
    groups: [...groups, ...gone.groups],
  }
  const set = place(both, before) ?? place(wanted, before) ?? place(wanted)
  if (!set) {
    throw new PktspotError(
      'SETTINGS',
      `counters and counter_groups: packets are tried on ${FILTERS} filters at most, 64 of them counters; remove some`,
    )
  }
  const stay = set.placed.counters.filter(({ counter }) => counters.includes(counter))
  const groupsStay = set.groups.filter(({ guid }) => groups.some((each) => each.guid === guid))
  const bits = new Set(groupsStay.flatMap(({ first, texts }) => texts.map((_, at) => first + at)))
  const ids = new Set(stay.map(({ id }) => id))
  const filters = set.filters.map((filter, bit) => {
    const stays = filter?.id === undefined ? bits.has(bit) : ids.has(filter.id)
    return stays ? filter : undefined
  })
  return {
    placed: { ...set.placed, counters: stay },
    groups: groupsStay,
    filters,
    during: set.filters,
  }
}

/** Leaves out who is wanted no more, so that nothing is tried for them. */
export function wantedPlaces(
  { counters, groups }: Wanted,
  { placed, groups: before }: Places,
): Places {
  const stays = ({ counter }: Placed['counters'][number]): boolean =>
    counters.some((each) => isSameCounter(each, counter))
  const there = before.filter(({ guid }) => groups.some((each) => each.guid === guid))
  return { placed: { ...placed, counters: placed.counters.filter(stays) }, groups: there }
}

function place(
  wanted: Wanted,
  before?: Places,
): Pick<FilterSet, 'placed' | 'groups' | 'filters'> | undefined {
  const placed = placeCounters(wanted.counters, before?.placed)
  const groups = placeBits(wanted.groups, before?.groups ?? [], FILTERS - wanted.counters.length)
  if (!groups || placed.counters.length < wanted.counters.length) return undefined
  const filters: (WantedFilter | undefined)[] = []
  for (const { guid, texts, first } of groups) {
    for (const [at, text] of texts.entries()) {
      const owner = `group ${guid}`
      filters[first + at] = { text, owner, layers: 0, add: ADD.nothing, field: 0, cell: 0 }
    }
  }
  for (const counter of placed.counters) {
    const free = Array.from(filters).indexOf(undefined)
    filters[free < 0 ? filters.length : free] = filterOf(counter, wanted)
  }
  return { placed, groups, filters: Array.from(filters) }
}

function filterOf(
  { counter, cell, id }: FilterCounter,
  { layerBits, fieldIndex }: Pick<Wanted, 'layerBits' | 'fieldIndex'>,
): WantedFilter {
  const { name, layer, filter, add = 1, unique } = counter
  return {
    text: filter,
    owner: `counter ${name}`,
    layers: layerBits(layer),
    add: unique === undefined ? ADDS[add] : ADD.unique,
    field: unique === undefined ? 0 : fieldIndex(unique),
    cell,
    id,
  }
}
