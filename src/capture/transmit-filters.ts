// SPDX-License-Identifier: Apache-2.0
import type { CompiledSet } from '../filters/compiled-set.ts'
import type { Opening } from './beside.ts'
import { openFilters, type SourceFilters } from './source-filters.ts'

/** Filters that transmitted frames are tried on, for the groups that count them. */
export interface TransmitFilters extends Pick<SourceFilters, 'prepare' | 'take'> {
  /** Settles when frames are tried on those there are at first. */
  readonly ready: Promise<void> | undefined
  close(): void
}

/** Begins to try transmitted frames on filters once a set has some for them: until then it would be in vain. */
export function transmitFilters(
  opening: Pick<Opening, 'handle' | 'target'>,
  first: CompiledSet | undefined,
): TransmitFilters {
  let filters = first?.transmit ? openFilters(opening, first) : undefined
  return {
    ready: filters?.ready,
    async prepare(next) {
      if (filters || !next.transmit) return filters?.prepare(next)
      const begun = openFilters(opening, next)
      await begun.ready
      filters = begun
    },
    take: (next) => filters?.take(next),
    close: () => filters?.close(),
  }
}
