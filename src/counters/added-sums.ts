// SPDX-License-Identifier: Apache-2.0
import type { Catalog, Counter, Layer } from './catalog.ts'
import { metricName } from './metric-name.ts'

/** A sum that is counted beside the core's. */
export interface AddedCounter {
  readonly name: string
  readonly layer: Layer
  /** `packets`, `bytes`… */
  readonly unit: string
  /** What it counts, without a full stop. */
  readonly help: string
  /** Set where it counts what is sent as well as what is received. */
  readonly direction?: 'both'
}

/** Distinct values that are counted beside the core's at one source. */
export interface AddedDistinct {
  readonly count: number
  /** Ends a base window: writes its estimates, and gives the registers they were made of by their numbers. */
  cut(into: Float64Array): ReadonlyMap<number, Uint8Array>
}

/** A part of a capture file: what lies in [from, to) of some bytes. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
  /** Bytes of the file before it. */
  readonly offset: number
}

/** Sums that are counted beside the core's at one source, since it was opened. */
export interface AddedSums {
  /** How many there are: their slots of a reading follow the core's, in the order of the catalog. */
  readonly count: number
  /** Writes what they are worth now; they never fall. `ends`: a base window ends here. */
  read(into: BigUint64Array, ends: boolean): void
  /** Distinct values that are counted beside the core's, behind those in a reading. */
  readonly distinct?: AddedDistinct
  /** Settles when all is counted from the first packet on; a live source begins then. */
  readonly ready?: Promise<void>
  /** Told of a piece of a capture file before it is counted, which waits for what this gives. */
  feeding?(piece: Piece): Promise<void> | undefined
  /** Told after each piece of a capture file: what waits may be dealt with. */
  fed?(): void
  close(): void
}

/** Puts sums behind the counters of a catalog; sources that count them read them in this order. */
export function withSums(catalog: Catalog, added: readonly AddedCounter[]): Catalog {
  if (added.length === 0) return catalog
  const slots = slotCount(catalog)
  const counters = added.map((each, at): Counter => {
    const { layer } = each
    const metric = metricName(each.name, each.unit)
    return { ...each, layers: [layer], kind: 'sum', metric, index: slots + at, bounds: [] }
  })
  return catalog.with(counters)
}

/** Slots of a reading that a catalog's counters take. */
export function slotCount(catalog: Catalog): number {
  return Math.max(0, ...[...catalog].map(slotsTo))
}

/** First slot behind a counter's. */
function slotsTo({ kind, index, bounds }: Counter): number {
  if (kind === 'sum') return index + 1
  return kind === 'histogram' ? index + bounds.length + 1 : 0
}
