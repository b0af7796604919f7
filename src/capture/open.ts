// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import type { AddedSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import { type PlacedCounter, withUserCounters } from '../counters/user-counters.ts'
import { CaptureError } from '../errors.ts'
import {
  type Addon,
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
import { explain, type Refusal, refusal } from './refusal.ts'
import type { LiveSource } from './source.ts'
import { openFilters, type SourceFilters } from './source-filters.ts'
import { openTransmit, type TransmitPlace } from './transmit.ts'

/** Modes in the order they are tried; the first that the user named, the rest as its fall-backs. */
export const ORDER: Readonly<Record<LiveMode | 'auto', readonly LiveMode[]>> = {
  auto: ['tcx', 'xdp-generic', 'packet-socket'],
  tcx: ['tcx'],
  xdp: ['xdp', 'xdp-generic'],
  'xdp-generic': ['xdp-generic'],
  'packet-socket': ['packet-socket'],
}

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
  const laidOut = (direction: 'receive' | 'transmit') => {
    const own = groups.filter((spec) => countsDirection(spec, direction))
    const cpus = options.cpus ?? possibleCpus()
    return { groups: own, layout: layoutFor(addon, { ...options, budgetBytes, cpus, groups: own }) }
  }
  const { layout } = laidOut('receive')
  const { without } = options
  const beside = transmit ? { addon, found, filters, without, ...laidOut('transmit') } : undefined
  const have = effectiveCapabilities()
  const refusals: Refusal[] = []
  const queue: LiveMode[] = [...ORDER[options.source]]
  for (let mode = queue.shift(); mode !== undefined; mode = queue.shift()) {
    const outcome = options.without?.includes(mode)
      ? refusal(mode, 'KERNEL_UNSUPPORTED', 'this kernel lacks it')
      : await tryMode({ addon, catalog, found, layout, have, groups, sums, filters, beside }, mode)
    if (!('occupied' in outcome)) {
      return {
        ...outcome,
        layout,
        passedOver: refusals.map(({ mode, reason }) => `${mode}: ${reason}`),
      }
    }
    refusals.push(outcome)
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
  /** Where to count what is transmitted; undefined: not at all. */
  readonly beside: Omit<TransmitPlace, 'beside'> | undefined
}

async function tryMode(
  {
    addon,
    catalog: others,
    found,
    layout,
    have,
    groups: wanted,
    sums,
    filters: set,
    beside,
  }: Attempt,
  mode: LiveMode,
): Promise<Omit<Opened, 'layout' | 'passedOver'> | Refusal> {
  const steps = MODES[mode]
  const [major, minor] = steps.since
  if (!kernelAtLeast(major, minor)) {
    return refusal(mode, 'KERNEL_UNSUPPORTED', `needs Linux ${major}.${minor} or later`)
  }
  const { name, index: ifindex } = found
  const target = { ifindex, raw: found.raw === 1 }
  let handle: ReturnType<typeof steps.load> | undefined
  let added: readonly AddedSums[] = []
  try {
    handle = steps.load(addon, target, layout)
    const { groupBudget: bytes, cpus } = layout
    const budget = steps.inKernel ? { bytes, cpus } : undefined
    const openGroup = groupOpener(name, addon, handle, budget)
    const own = wanted.filter((spec) => countsDirection(spec, 'receive'))
    const received: GroupTable[] = []
    for (const spec of budget ? layout.groups : own) {
      /* each loads a program, which takes some milliseconds */
      await turn()
      received.push(openGroup(spec))
    }
    added = openAll(sums, { addon, handle, name, mode, target })
    const filters = set && openFilters({ handle, target }, set)
    if (filters) added = [...added, filters]
    for (const each of added) await each.ready
    steps.attach(addon, handle, ifindex)
    const { transmit, passedOver: transmitPassedOver = [] } = beside
      ? await openTransmit({ ...beside, beside: mode })
      : {}
    const catalog = growing(transmit ? others.whole() : others, () => filters?.counters ?? [])
    const source = liveSource({
      addon,
      catalog,
      name,
      ifindex,
      mode,
      handle,
      transmit,
      openGroup: directedOpener(openGroup, transmit?.openGroup),
      added,
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
    if (error instanceof CaptureError && error.code !== 'BPF_LOAD') throw error
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
