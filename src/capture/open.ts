// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import type { AddedSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import { type PlacedCounter, withUserCounters } from '../counters/user-counters.ts'
import { CaptureError } from '../errors.ts'
import {
  type Addon,
  type Handle,
  type Interface,
  loadAddon,
  loadCatalog,
  type NativeError,
} from '../native/binding.ts'
import { type Beside, openAll } from './beside.ts'
import { type Capability, effectiveCapabilities, missing } from './capabilities.ts'
import { countsDirection, directedOpener, directedTables } from './directed-group.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { kernelAtLeast, possibleCpus } from './kernel.ts'
import { directionShare, type Layout, layoutFor } from './layout.ts'
import { liveSource } from './live.ts'
import { type LiveMode, MODES } from './modes.ts'
import { groupOpener } from './open-group.ts'
import { goingOn } from './pins/going-on.ts'
import { groupPins } from './pins/group-pins.ts'
import { handleNotes } from './pins/handle-notes.ts'
import {
  networkNamespace,
  type PinnedSource,
  type SourceNote,
  type SourcePins,
} from './pins/source-pins.ts'
import { explain, type Refusal, refusal } from './refusal.ts'
import type { LiveSource, Pinned } from './source.ts'
import { openFilters, type SourceFilters } from './source-filters.ts'
import { openTransmit, type TransmitPlace } from './transmit.ts'

/** Modes in the order they are tried; the first that the user named, the rest as its fall-backs. */
export const ORDER: Readonly<Record<LiveMode | 'auto', readonly LiveMode[]>> = {
  auto: ['tcx', 'xdp-generic', 'packet-socket'],
  tcx: ['tcx'],
  xdp: ['xdp', 'xdp-generic'],
  'xdp-generic': ['xdp-generic'],
  'packet-socket': ['packet-socket'],
  libpcap: ['libpcap'],
}

/** Steps that fail where nothing can be pinned. */
const PINNING = ['BPF_OBJ_PIN', 'BPF_OBJ_GET', 'mkdir']

/** Where to go when another program holds the place that was asked for: it stays, and counting goes on beside it. */
const BESIDE: readonly LiveMode[] = ['tcx', 'packet-socket']

export interface OpenOptions extends Beside {
  readonly source: LiveMode | 'auto'
  /** Memory that this interface's tables and groups may take. */
  readonly budgetBytes: number
  /** Count what is transmitted too, with half of that memory; where it cannot be, what is received alone is counted. */
  readonly transmit?: boolean
  /** Possible CPUs; read from the machine unless given. */
  readonly cpus?: number
  /** Seed of the hashes; drawn unless given. */
  readonly seed?: bigint
  /** Modes to treat as if this kernel lacked them. */
  readonly without?: readonly LiveMode[]
  /** Groups to count from the first packet on. */
  readonly groups?: readonly GroupSpec[]
  /** What outlives the process, and where it is told what begins anew. */
  readonly pins?: PinsOf | undefined
}

/** Where sources are pinned. */
export interface PinsOf {
  at(found: Interface): SourcePins
  tell(line: string): void
}

/** A source and the tables of the groups that were asked for, in that order. */
export interface Counted {
  readonly source: LiveSource
  readonly groups: readonly GroupTable[]
  /** Undefined where no filters were asked for. */
  readonly filters?: Changing
}

/** Filters that may be changed while packets are tried on them. */
type Changing = Pick<SourceFilters, 'prepare' | 'take'>

/** An open source and why it is not in the mode that comes first. */
export interface Opened extends Counted {
  /** How the tables of each direction are laid out. */
  readonly layout: Layout
  /** Whether it went on counting while no process read it. */
  readonly goesOn: boolean
  /** Modes that were tried before and the reason each failed; empty when the first one worked. */
  readonly passedOver: readonly string[]
  /** The same of what is transmitted; empty where that was not asked for. */
  readonly transmitPassedOver: readonly string[]
}

/** Starts counting on an interface in the first mode that works; throws CaptureError with every mode's reason. */
export async function openInterface(name: string, options: OpenOptions): Promise<Opened> {
  const addon = loadAddon()
  const { catalog = loadCatalog(), sums = [], groups = [], filters } = options
  const found = findInterface(addon, name)
  const { transmit = false } = options
  const budgetBytes = directionShare(options.budgetBytes, transmit)
  const cpus = options.cpus ?? possibleCpus()
  const received = groups.filter((spec) => countsDirection(spec, 'receive'))
  const laidOut = { ...options, budgetBytes, cpus, groups: received }
  const sent = groups.filter((spec) => countsDirection(spec, 'transmit'))
  const { without } = options
  const beside = transmit
    ? {
        addon,
        found,
        filters,
        without,
        groups: sent,
        layout: layoutFor(addon, { ...laidOut, groups: sent }),
      }
    : undefined
  const have = effectiveCapabilities()
  const refusals: Refusal[] = []
  let pins = options.pins && { at: options.pins.at(found), tell: options.pins.tell }
  const modes = ORDER[options.source]
  let previous = pins && goingOn({ pins, found, options: laidOut, modes, addon })
  const queue: LiveMode[] = previous ? [previous.mode, ...modes] : [...modes]
  for (let mode = queue.shift(); mode !== undefined; mode = queue.shift()) {
    const layout = layoutFor(addon, { ...laidOut, ...(previous && { seed: previous.layout.seed }) })
    const attempt = { addon, catalog, found, layout, have, groups, sums, filters, previous, pins }
    const outcome = options.without?.includes(mode)
      ? refusal(mode, 'KERNEL_UNSUPPORTED', 'this kernel lacks it')
      : await tryMode({ ...attempt, asked: options.source, beside }, mode)
    if (!('occupied' in outcome)) {
      return {
        ...outcome,
        layout,
        goesOn: previous !== undefined,
        passedOver: refusals.map(({ mode, reason }) => `${mode}: ${reason}`),
      }
    }
    if (previous) {
      pins?.tell(`counts begin anew, since the pinned program cannot go on: ${outcome.reason}`)
      previous = undefined
    } else if (PINNING.includes(outcome.step ?? '')) {
      pins?.tell(`counting stops with the process, since nothing can be pinned: ${outcome.reason}`)
      pins = undefined
      queue.unshift(mode)
    } else refusals.push(outcome)
    if (queue.length === 0 && outcome.occupied) queue.push(...BESIDE)
  }
  throw refused(name, refusals)
}

/** Finds an interface of this network namespace; throws INTERFACE_MISSING with the names that there are. */
export function findInterface(addon: Addon, name: string): Interface {
  const found = addon.interfaceOf(name)
  if (found) return found
  const all = addon.interfaces()
  throw new CaptureError(
    'INTERFACE_MISSING',
    `${name}: no such interface in this network namespace; there are ${all.map((each) => each.name).join(', ')}.`,
  )
}

interface Attempt extends Required<Omit<Beside, 'filters'>>, Pick<OpenOptions, 'filters'> {
  readonly addon: Addon
  readonly found: Interface
  readonly layout: Layout
  readonly have: ReadonlySet<Capability>
  readonly groups: readonly GroupSpec[]
  readonly asked: string
  readonly pins: { readonly at: SourcePins; tell(line: string): void } | undefined
  /** What goes on; undefined: all begins anew. */
  readonly previous: PinnedSource | undefined
  /** Where to count what is transmitted; undefined: not at all. */
  readonly beside: Omit<TransmitPlace, 'beside'> | undefined
}

async function tryMode(
  attempt: Attempt,
  mode: LiveMode,
): Promise<Omit<Opened, 'layout' | 'goesOn' | 'passedOver'> | Refusal> {
  const {
    addon,
    catalog: others,
    found,
    layout,
    have,
    groups: wanted,
    sums,
    filters: set,
  } = attempt
  const steps = MODES[mode]
  const [major, minor] = steps.since
  if (!kernelAtLeast(major, minor)) {
    return refusal(mode, 'KERNEL_UNSUPPORTED', `needs Linux ${major}.${minor} or later`)
  }
  const { name, index: ifindex } = found
  const target = { ifindex, raw: found.raw === 1 }
  const pins = steps.inKernel ? attempt.pins : undefined
  let handle: ReturnType<typeof steps.load> | undefined
  let added: readonly AddedSums[] = []
  try {
    if (!attempt.previous) attempt.pins?.at[pins ? 'begin' : 'remove']()
    const loaded = steps.load(addon, target, layout, pins?.at.folder)
    handle = loaded
    const pinned = pins && pinnedSource(addon, loaded, pins.at, attempt)
    const { groupBudget: bytes, cpus } = layout
    const budget = steps.inKernel ? { bytes, cpus } : undefined
    const own = wanted.filter((spec) => countsDirection(spec, 'receive'))
    const stop = (slot: number): void => addon.closeGroup(loaded, slot)
    const parts = { addon, wanted: own, stop, tell: (line: string) => pins?.tell(line) }
    const pinnedGroups = pins && groupPins(pins.at.folder, parts)
    const openGroup = groupOpener(name, addon, loaded, budget, pinnedGroups)
    const opening = { addon, handle: loaded, name, mode, target }
    added = openAll(sums, opening)
    const filters = set && openFilters({ handle: loaded, target }, set, pinned?.notes)
    if (filters) added = [...added, filters]
    for (const each of added) await each.ready
    const received: GroupTable[] = []
    for (const spec of budget ? layout.groups : own) {
      /* each loads a program, which takes some milliseconds */
      await turn()
      received.push(openGroup(spec))
    }
    const feeder = await steps.attach(opening, added)
    const { transmit, passedOver: transmitPassedOver = [] } = attempt.beside
      ? await openTransmit({ ...attempt.beside, beside: mode })
      : {}
    const catalog = growing(transmit ? others.whole() : others, () => filters?.counters ?? [])
    const goesOn = attempt.previous !== undefined
    const source = liveSource({
      ...{ addon, catalog, name, ifindex, mode, handle: loaded, feeder, transmit, added },
      ...{ pinned, goesOn },
      openGroup: directedOpener(openGroup, transmit?.openGroup),
    })
    return {
      source,
      groups: directedTables(wanted, received, transmit?.groups ?? []),
      transmitPassedOver,
      ...(filters && { filters: alsoTransmit(filters, transmit?.filters) }),
    }
  } catch (error) {
    for (const each of added) each.close()
    if (handle) addon.close(handle)
    if (error instanceof CaptureError && error.code === 'CAP_MISSING') {
      return refusal(mode, error.code, error.message)
    }
    if (error instanceof CaptureError && error.code !== 'BPF_LOAD') throw error
    if (!attempt.previous) pins?.at.remove()
    return explain(mode, error as NativeError, missing(steps.capabilities, have))
  }
}

/** Changes the filters of both directions together. */
function alsoTransmit(received: Changing, transmitted: Changing | undefined): Changing {
  if (!transmitted) return received
  return {
    async prepare(next) {
      await Promise.all([received.prepare(next), transmitted.prepare(next)])
    },
    take(next) {
      received.take(next)
      transmitted.take(next)
    },
  }
}

/** Says of a source what the next process has to know, unless it says so already. */
function pinnedSource(
  addon: Addon,
  handle: Handle,
  { remove }: SourcePins,
  { asked, previous }: Pick<Attempt, 'asked' | 'previous'>,
): Pinned | undefined {
  const notes = handleNotes(addon, handle, 0)
  if (!notes) return undefined
  const namespace = networkNamespace()
  const note: SourceNote = previous?.note ?? { asked, namespace, began: Date.now() }
  notes.write('source', note)
  return { began: new Date(note.began), notes, unpin: remove }
}

/** The catalog with the counters of now; the same one as long as they are. */
function growing(others: Catalog, counters: () => readonly PlacedCounter[]): () => Catalog {
  let known = counters()
  let catalog = withUserCounters(others, known)
  return () => {
    const now = counters()
    if (now !== known) catalog = withUserCounters(others, now)
    known = now
    return catalog
  }
}

function refused(name: string, refusals: readonly Refusal[]): CaptureError {
  const reasons = refusals.map(({ mode, reason }) => `${mode} ${reason}`).join('; ')
  const code = refusals.at(-1)?.code ?? 'BPF_ATTACH'
  return new CaptureError(
    code,
    `${name}: packets cannot be counted here: ${reasons}. See pktspot preflight.`,
  )
}
