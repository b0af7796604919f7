// SPDX-License-Identifier: Apache-2.0
import type { Places } from '../../filters/filter-set.ts'
import { type NotedFilters, placesOf } from './filters-note.ts'
import type { SourcePins } from './source-pins.ts'

/** The places that counters and groups have in sources that go on; all of one process's have the same. */
export function pinnedPlaces(sources: readonly SourcePins[]): Places | undefined {
  for (const source of sources) {
    const noted = notedIn(source)
    if (noted) return placesOf(noted)
  }
  return undefined
}

/** What is wrong with pins is told when they are to be gone on with. */
function notedIn(source: SourcePins): NotedFilters | undefined {
  try {
    return source.find()?.notes.read('filters') as NotedFilters | undefined
  } catch {
    return undefined
  }
}
