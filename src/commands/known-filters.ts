// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { counterObjections } from '../counters/user-counter-checks.ts'
import { compileFilters } from '../filters/compile.ts'
import { ETHERNET } from '../filters/link-types.ts'
import { type FilterMistake, isMistake } from '../filters/program.ts'
import { loadAddon } from '../native/binding.ts'
import type { Known, TextMistake } from '../settings/known.ts'
import { type Input, writtenCounters, writtenFilters } from '../settings/load.ts'
import { pointedAt } from '../statistics/expression/mistake.ts'
import { catalogWith } from './run-filters.ts'

/** What is known of the filters that an input has. */
export interface KnownFilters extends Pick<Known, 'counters' | 'filter'> {
  /** The catalog with the input's counters, as far as they can be read. */
  readonly catalog: Catalog
}

/** Compiles all filters of an input, of counters and groups, at once; throws LIBPCAP_MISSING when there are any. */
export async function knownFilters(input: Input, others: Catalog): Promise<KnownFilters> {
  const texts = writtenFilters(input)
  const results = texts.length === 0 ? [] : await compileFilters(texts, ETHERNET)
  const mistakes = new Map<string, TextMistake>()
  for (const [at, text] of texts.entries()) {
    const result = results[at]
    if (result && isMistake(result)) mistakes.set(text, mistakeOf(text, result))
  }
  const fields = loadAddon()
    .keyFields()
    .map(({ name }) => name)
  return {
    catalog: catalogWith(others, writtenCounters(input)),
    counters: (items) => counterObjections(items, { catalog: others, fields }),
    filter: (text) => mistakes.get(text),
  }
}

function mistakeOf(text: string, { message, offset, length = 1 }: FilterMistake): TextMistake {
  if (offset === undefined) return { offset: 0, message, excerpt: '' }
  return { offset, message, excerpt: pointedAt(text, offset, length) }
}
