// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util'
import type { AddedSums, Piece } from '../counters/added-sums.ts'
import { type PlacedCounter, SUM_PLACES, UNIQUE_PLACES } from '../counters/user-counters.ts'
import { CaptureError } from '../errors.ts'
import type { CompiledSet } from '../filters/compiled-set.ts'
import type { Filters, WantedFilter } from '../filters/filter-set.ts'
import { ETHERNET, RAW } from '../filters/link-types.ts'
import { loadAddon, type NativeError } from '../native/binding.ts'
import { ADD, type FilterProgram } from '../native/filters.ts'
import type { Opening } from './beside.ts'
import { linkTypeScanner } from './link-types.ts'
import { filtersNote, type NotedFilters, notedOwners } from './pins/filters-note.ts'
import type { Notes } from './pins/notes.ts'

/** Link types of one capture file that filters are compiled for; those of further ones match nothing. */
const LINK_TYPES = 16

/** Users' counters at one open source: sums and distinct values beside the core's, by their places. */
export interface SourceFilters extends AddedSums {
  /** Those that are read. */
  readonly counters: readonly PlacedCounter[]
  /** Tries packets on the filters of a set, and still on those that it has no more. Rejects with a NativeError. */
  prepare(next: CompiledSet): Promise<void>
  /** Reads the counters of a set from now on, and lets go what it has no more. */
  take(next: CompiledSet): void
}

/** Begins to try packets on filters; counters that pinned notes know go on with what their cells hold. */
export function openFilters(
  { handle, target }: Pick<Opening, 'handle' | 'target'>,
  first: CompiledSet,
  notes?: Notes,
): SourceFilters {
  const addon = loadAddon()
  const { cells: cellCount, uniques, registers: registerBytes } = addon.filterSizes(handle)
  const links = new Set<number>()
  const noted = notes?.read('filters') as NotedFilters | undefined
  const owners = new Map(notedOwners(noted, first.placed).map((each) => [cellOf(each), each.id]))
  const scan = linkTypeScanner()
  let set = first
  let isClosed = false
  /** Without filters nothing is asked of the kernel, where trying none would take time, too. */
  let isTrying = noted !== undefined
  /** Those that packets of a link type are tried on. */
  const tried = new Map<number, Filters>()
  let work: Promise<void> = Promise.resolve()

  /** Programs whose cells begin at nothing where they have new owners. */
  function begun(programs: readonly FilterProgram[], filters: Filters): FilterProgram[] {
    return programs.map((program, bit) => {
      const filter = filters[bit]
      const isNew = filter?.id !== undefined && owners.get(cellOf(filter)) !== filter.id
      return { ...program, fresh: Number(isNew) }
    })
  }
  async function apply(of: CompiledSet, which: 'filters' | 'during', link: number): Promise<void> {
    const programs = await of.programs(link)
    const filters = of[which]
    const isNeeded = isTrying || filters.some((filter) => filter !== undefined)
    if (isClosed || !isNeeded || isTried(filters, which, link)) return
    isTrying = true
    try {
      await addon.setFilters(handle, link, begun(programs[which], filters))
    } catch (error) {
      const { filter, message } = error as NativeError & { readonly filter?: number }
      const owner = filter === undefined ? undefined : filters[filter]?.owner
      if (owner === undefined) throw error
      throw new CaptureError('BPF_LOAD', `${owner}: ${message}`, { cause: error })
    }
    tried.set(link, filters)
    for (const filter of filters) {
      if (filter?.id !== undefined) owners.set(cellOf(filter), filter.id)
    }
  }
  /** Whether packets are tried on them already; what is gone may stay until a change is made. */
  function isTried(filters: Filters, which: 'filters' | 'during', link: number): boolean {
    const now = tried.get(link) ?? []
    const isWithin = filters.every((each, bit) => !each || isDeepStrictEqual(each, now[bit]))
    return isWithin && (which === 'during' || now.every((each, bit) => !each || filters[bit]))
  }
  /** One change after the other; what failed does not hold up the next. */
  function next(change: () => Promise<void>): Promise<void> {
    const done = work.then(change)
    work = done.catch(() => undefined)
    return done
  }
  /** Only what has counters or filters is noted: without, nothing is tried. */
  function note(): void {
    if (isTrying) notes?.write('filters', filtersNote(set))
  }
  async function applyAll(of: CompiledSet, which: 'filters' | 'during'): Promise<void> {
    for (const link of links) await apply(of, which, link)
  }
  function begin(link: number): Promise<void> {
    links.add(link)
    return next(() => apply(set, 'filters', link))
  }

  const ready = target && begin(target.raw ? RAW : ETHERNET).then(note)
  ready?.catch(() => undefined)
  return {
    get counters() {
      return set.placed.counters
    },
    count: SUM_PLACES,
    ...(ready && { ready }),
    read(into) {
      const cells = new BigUint64Array(cellCount)
      addon.lookFilters(handle, cells)
      for (const { counter, place, cell } of set.placed.counters) {
        if (counter.unique === undefined) into[place] = cells[cell] ?? 0n
      }
    },
    distinct: {
      count: UNIQUE_PLACES,
      cut(into) {
        const found = set.placed.counters.filter(({ counter }) => counter.unique !== undefined)
        if (found.length === 0) return new Map()
        const estimates = new Float64Array(uniques)
        const registers = new Uint8Array(registerBytes)
        addon.cutFilters(handle, estimates, registers)
        const size = registerBytes / uniques
        for (const { place, cell } of found) into[place] = estimates[cell] ?? 0
        return new Map(
          found.map(({ place, cell }) => [place, registers.slice(cell * size, (cell + 1) * size)]),
        )
      },
    },
    feeding(piece: Piece) {
      if (target) return undefined
      const fresh = [...scan(piece)].filter((link) => !links.has(link))
      const room = Math.max(0, LINK_TYPES - links.size)
      const begun = fresh.slice(0, room).map(begin)
      return begun.length > 0 ? Promise.all(begun).then(() => undefined) : undefined
    },
    prepare: (of) => next(() => applyAll(of, 'during')),
    take(of) {
      set = of
      note()
      next(() => applyAll(of, 'filters')).catch(() => undefined)
    },
    close() {
      isClosed = true
    },
  }
}

function cellOf({ add, cell }: Pick<WantedFilter, 'add' | 'cell'>): string {
  return `${add === ADD.unique} ${cell}`
}
