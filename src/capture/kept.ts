// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { CaptureError } from '../errors.ts'
import type { CompiledSet } from '../filters/compiled-set.ts'
import { eitherSignal } from './either-signal.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { type KeptGroup, keptGroup } from './kept-group.ts'
import type { Counted } from './open.ts'
import type { LiveSource, Load, Mode, Shed } from './source.ts'

/** Milliseconds between tries to open an interface that has vanished, unless told otherwise. */
const RETRY = 1000

export interface KeptOptions {
  /** Opens the source anew, with these groups and filters; a CaptureError means: not yet. */
  reopen(groups: readonly GroupSpec[], filters: CompiledSet | undefined): Counted | Promise<Counted>
  /** Filters that the source began with. */
  readonly filters?: CompiledSet | undefined
  /** Whether a source that was lost could be opened again; if not, its windows end with it. Always unless given. */
  mayReopen?(mode: Mode): boolean
  /** Identity of the interface that it was opened on, as `follow` tells; undefined: not known. */
  readonly link?: number | undefined
  /** Milliseconds between tries where nobody tells that the interface is back. */
  readonly retry?: number
  /** Whether its windows end with its interface, for good; one that is only down is waited for. */
  readonly isMortal?: boolean
  /** Told once when the source is lost and once when it is back. */
  onChange(event: {
    up: boolean
    mode: Mode
    reason?: string
    isFinal?: boolean
    isDown?: boolean
  }): void
}

/** What a source's counting cost, and what was shed for it. */
export interface Cost {
  /** Time of a CPU in seconds. */
  readonly seconds: number
  /** What is shed now. */
  readonly shed: Shed
  /** Times that each was shed. */
  readonly sheds: { readonly filters: number; readonly groups: number; readonly interface: number }
}

/** A source that survives its interface: totals go on from where they were when it comes back. */
export interface KeptSource extends LiveSource {
  /** Tables of the groups that the source began with; they survive it, as those opened later do. */
  readonly groups: readonly GroupTable[]
  /** Whether packets are counted now: the interface is there, and counting is not shed. */
  readonly up: boolean
  readonly reattachments: number
  /** What counting cost, and what was shed for it. */
  readonly cost: Cost
  /**
   * Told what interface has the name now, undefined for none: with another one than before the source is lost at once, and
   * one that is lost looks for it at once.
   */
  follow(link: number | undefined): void
  /** Tries packets on the filters of a set, and still on those that it has no more; rejects with the kernel's refusal. */
  prepareFilters(next: CompiledSet): Promise<void>
  /** Counts by a set that was prepared, and lets go what it has no more; the counters of others go on. */
  takeFilters(next: CompiledSet): void
}

/** Keeps a source: when its interface vanishes, tries to open it anew until the signal aborts. */
export function keptSource(first: Counted, options: KeptOptions): KeptSource {
  const { reopen, onChange, mayReopen = () => true, retry = RETRY, isMortal = false } = options
  const { name } = first.source
  let { catalog }: { catalog: Catalog } = first.source
  let { filters } = first
  let set = options.filters
  /** Counters that began while a base was there, which has nothing of theirs. */
  let begun: readonly string[] = []
  const began = first.groups.map((table) => keptGroup(table.spec, table))
  let kept: readonly KeptGroup[] = began
  let source: LiveSource | undefined = first.source
  let { mode, transmit } = source
  let reattachments = 0
  let base: Reading | undefined
  let spent: Load = { packets: 0, nanoseconds: 0, filters: false, groups: false }
  let without: Shed = 0
  const sheds = { filters: 0, groups: 0, interface: 0 }
  let link = options.link
  let opened = link
  /** The interface is there but down. */
  let isDown = false
  let gone = new AbortController()
  let back = new AbortController()

  const look = (): Reading => {
    return source ? sum(base, source.look()) : (base as Reading)
  }
  const load = (): Load => (source ? added(spent, source.load()) : spent)
  async function lose(reason: string): Promise<void> {
    base = look()
    spent = load()
    catalog = source?.catalog ?? catalog
    kept = kept.filter((group) => !group.isClosed)
    for (const group of kept) group.lose()
    const lost = source
    lost?.pinned?.unpin()
    source = undefined
    filters = undefined
    await lost?.[Symbol.asyncDispose]()
    onChange({ up: false, mode, reason, isFinal: !mayReopen(mode), isDown })
  }
  function forget(): void {
    if (!source) return
    for (const counter of begun) {
      const { kind, index } = source.catalog.find(counter) ?? {}
      if (base && kind === 'sum' && index !== undefined) base.slots[index] = 0n
    }
    begun = []
  }
  async function awaitReturn(signal: AbortSignal): Promise<void> {
    using either = eitherSignal(signal, back.signal)
    await sleep(isDown ? RETRY : retry, undefined, either).catch(() => undefined)
    back = new AbortController()
  }
  async function find(): Promise<void> {
    const sought = link
    kept = kept.filter((group) => !group.isClosed)
    const wanted = kept
    const began = set
    try {
      const counted = await reopen(
        wanted.map(({ table }) => table.spec),
        began,
      )
      source = counted.source
      source.shed(without)
      filters = counted.filters
      if (set && set !== began) filters?.take(set)
      forget()
      wanted.forEach((group, at) => {
        const table = counted.groups[at]
        if (table) group.regain(table)
      })
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      return
    }
    mode = source.mode
    transmit = source.transmit
    opened = sought
    gone = new AbortController()
    if (link !== sought) gone.abort()
    reattachments++
    onChange({ up: true, mode })
  }

  return {
    name,
    get catalog() {
      return source?.catalog ?? catalog
    },
    look,
    groups: began.map(({ table }) => table),
    openGroup(spec) {
      const group = keptGroup(spec, source?.openGroup(spec))
      kept = [...kept.filter((each) => !each.isClosed), group]
      return group.table
    },
    get mode() {
      return mode
    },
    get transmit() {
      return transmit
    },
    get up() {
      return source !== undefined && without < 3
    },
    get pinned() {
      return source?.pinned
    },
    get reattachments() {
      return reattachments
    },
    load,
    get cost() {
      return { seconds: load().nanoseconds / 1e9, shed: without, sheds: { ...sheds } }
    },
    shed(what) {
      if (what > without) sheds[what === 1 ? 'filters' : what === 2 ? 'groups' : 'interface']++
      without = what
      source?.shed(what)
    },
    follow(now) {
      link = now
      if (!source) {
        if (now !== undefined) back.abort()
      } else if (opened === undefined) opened = now
      else if (now !== opened) gone.abort()
    },
    prepareFilters: async (next) => filters?.prepare(next),
    takeFilters(next) {
      const known = new Set(set?.placed.counters.map(({ id }) => id))
      const fresh = next.placed.counters.filter(({ id }) => !known.has(id))
      begun = [...begun, ...fresh.map(({ counter }) => counter.name)]
      set = next
      filters?.take(next)
      forget()
    },
    async *windows(seconds, signal) {
      while (!signal.aborted) {
        if (source) {
          using either = eitherSignal(signal, gone.signal)
          try {
            yield* source.windows(seconds, either.signal)
            isDown = false
            if (gone.signal.aborted && !signal.aborted) {
              await lose(`${name}: the interface has vanished.`)
            }
          } catch (error) {
            if (!(error instanceof CaptureError)) throw error
            isDown = error.code === 'INTERFACE_DOWN'
            if (!isDown && error.code !== 'INTERFACE_GONE') throw error
            await lose(error.message)
          }
        } else if ((isMortal && !isDown) || !mayReopen(mode)) {
          return
        } else {
          await awaitReturn(signal)
          if (!signal.aborted) await find()
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await source?.[Symbol.asyncDispose]()
    },
  }
}

/* where transmitted frames are not counted any more, or not again yet, their totals stay */
function sum(base: Reading | undefined, now: Reading): Reading {
  if (!base) return now
  const transmit = now.transmit ? sum(base.transmit, now.transmit) : base.transmit
  return {
    slots: now.slots.map((slot, index) => slot + (base.slots[index] ?? 0n)),
    distinct: now.distinct,
    clocks: now.clocks.map((clock, index) => clock || (base.clocks[index] ?? 0n)),
    lost: now.lost + base.lost,
    ...(transmit && { transmit }),
  }
}

function added(before: Load, now: Load): Load {
  return {
    ...now,
    packets: before.packets + now.packets,
    nanoseconds: before.nanoseconds + now.nanoseconds,
  }
}
