// SPDX-License-Identifier: Apache-2.0
import type { FilterProgram } from '../native/filters.ts'
import { compileFilters } from './compile.ts'
import type { FilterSet, Filters } from './filter-set.ts'
import { type ClassicProgram, type FilterMistake, isMistake } from './program.ts'

/** struct sock_filter: returns 0, which accepts nothing. */
const NOTHING = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)

/** A set whose programs are compiled once for each link type that packets turn out to have. */
export interface CompiledSet extends FilterSet {
  /** Whether transmitted frames are to be tried, too, for groups that count them. */
  readonly transmit?: boolean
  /** Gives the set's programs for a link type (LINKTYPE_…); throws LIBPCAP_MISSING. */
  programs(linkType: number): Promise<Programs>
  /** The same if they were asked for. */
  compiled(linkType: number): Promise<Programs> | undefined
}

/** Programs by their bits; all cells go on with what they hold. */
export interface Programs {
  readonly filters: readonly FilterProgram[]
  readonly during: readonly FilterProgram[]
  /** What compiling gave, by text. */
  readonly results: ReadonlyMap<string, Result>
}

type Result = ClassicProgram | FilterMistake

/**
 * Compiles a set when its programs are asked for, except what the set before has compiled already. What has no meaning
 * for a link type, such as Ethernet addresses where there are none, matches nothing there, and is told of.
 */
export function compiledSet(
  set: FilterSet,
  { before, warn }: { before?: CompiledSet | undefined; warn: (line: string) => void },
): CompiledSet {
  const known = new Map<number, Promise<Programs>>()
  let last = before

  async function resultsFor(linkType: number): Promise<ReadonlyMap<string, Result>> {
    const texts = set.during.flatMap((filter) => filter?.text ?? [])
    const earlier = (await last?.compiled(linkType))?.results
    const missing = texts.filter((text) => !earlier?.has(text))
    const results = missing.length === 0 ? [] : await compileFilters(missing, linkType)
    const found = new Map<string, Result>()
    for (const text of texts) {
      const result = earlier?.get(text) ?? results[missing.indexOf(text)]
      if (result) found.set(text, result)
    }
    return found
  }
  async function compile(linkType: number): Promise<Programs> {
    const results = await resultsFor(linkType)
    last = undefined // or every set there was would be kept
    for (const filter of set.during) {
      const result = filter && results.get(filter.text)
      if (result && isMistake(result)) {
        warn(`${filter.owner}: matches no packet of link type ${linkType}: ${result.message}`)
      }
    }
    const programs = (filters: Filters): FilterProgram[] =>
      filters.map((filter) => {
        const { layers = 0, add = 0, field = 0, cell = 0 } = filter ?? {}
        const result = filter && results.get(filter.text)
        const instructions = !result || isMistake(result) ? NOTHING : result.instructions
        return { instructions, layers, add, field, cell, fresh: 0 }
      })
    return { filters: programs(set.filters), during: programs(set.during), results }
  }
  return {
    ...set,
    compiled: (linkType) => known.get(linkType),
    programs(linkType) {
      const found = known.get(linkType) ?? compile(linkType)
      known.set(linkType, found)
      return found
    },
  }
}
