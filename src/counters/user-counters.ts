// SPDX-License-Identifier: Apache-2.0
import type { UserCounter } from '../settings/counters.ts'
import { slotCount } from './added-sums.ts'
import type { Catalog, Counter, Layer } from './catalog.ts'
import { metricName } from './metric-name.ts'

/** Counters by filters: as many as have cells, and of distinct values as have sketches. */
export const MOST_COUNTERS = 64
export const MOST_UNIQUE = 8

/**
 * Places of a reading for counters by filters, behind all others: more than there are counters, so that none gets the
 * place of one that was removed within a long window.
 */
export const SUM_PLACES = 256
export const UNIQUE_PLACES = 64

/** A counter by a filter and its place: of the sums, or of the distinct values. */
export interface PlacedCounter {
  readonly counter: UserCounter
  readonly place: number
}

/** Puts counters by filters behind those of a catalog. */
export function withUserCounters(catalog: Catalog, placed: readonly PlacedCounter[]): Catalog {
  if (placed.length === 0) return catalog
  const slots = slotCount(catalog)
  const distinct = Math.max(
    0,
    ...[...catalog].map(({ kind, index }) => (kind === 'distinct' ? index + 1 : 0)),
  )
  const counters = placed.map(({ counter, place }): Counter => {
    const { name, help, layer, unique } = counter
    const index = place + (unique === undefined ? slots : distinct)
    const layers = [layer as Layer]
    const kind = unique === undefined ? 'sum' : 'distinct'
    const unit = unitOf(counter)
    const metric = metricOf(counter)
    const common = { name, layer: layer as Layer, layers, kind, unit, help, metric } as const
    return { ...common, index, bounds: [], filtered: true }
  })
  return catalog.with(counters)
}

/** Names a counter's metric as `Counter.metric` is. */
export function metricOf(counter: UserCounter): string {
  if (counter.unique !== undefined) return `unique_${counter.name.toLowerCase()}`
  return metricName(counter.name, unitOf(counter))
}

function unitOf({ add = 1, unique }: UserCounter): string {
  if (unique !== undefined) return unique
  return add === 1 ? 'packets' : 'bytes'
}
