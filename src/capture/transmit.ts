// SPDX-License-Identifier: Apache-2.0
import type { CompiledSet } from '../filters/compiled-set.ts'
import type { Addon, Handle, Interface, NativeError } from '../native/binding.ts'
import { effectiveCapabilities, missing } from './capabilities.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { kernelAtLeast } from './kernel.ts'
import type { Layout } from './layout.ts'
import type { Feeder } from './libpcap.ts'
import { type LiveMode, TRANSMIT_MODES, type TransmitMode } from './modes.ts'
import { groupOpener } from './open-group.ts'
import { explain } from './refusal.ts'
import { type TransmitFilters, transmitFilters } from './transmit-filters.ts'

/** Counts what an interface transmits; whoever has it closes it. */
export interface Transmit {
  readonly mode: TransmitMode
  readonly handle: Handle
  /** Tables of the groups that were asked for, in their order, and the way to open more. */
  readonly groups: readonly GroupTable[]
  readonly openGroup: (spec: GroupSpec) => GroupTable
  readonly filters: TransmitFilters
  /** What feeds it, where something does; closed before it. */
  readonly feeder: Feeder | undefined
  close(): void
}

/** Where transmitted frames are to be counted. */
export interface TransmitPlace {
  readonly addon: Addon
  readonly found: Interface
  readonly layout: Layout
  /** Groups of transmitted frames, and the filters that they and others want. */
  readonly groups: readonly GroupSpec[]
  readonly filters: CompiledSet | undefined
  /** How received frames are counted there. */
  readonly beside: LiveMode
  /** Modes to treat as if this kernel lacked them. */
  readonly without?: readonly LiveMode[] | undefined
}

/** What became of it, and why not in the modes that were tried before. */
export interface TransmitOutcome {
  readonly transmit?: Transmit
  readonly passedOver: readonly string[]
}

/** Modes to try, by how received frames are counted. */
const BESIDE: Partial<Record<LiveMode, readonly TransmitMode[]>> = {
  'packet-socket': ['packet-socket'],
  libpcap: ['libpcap'],
}

/** Counts what leaves an interface in the first mode that works: tcx, else packet-socket; without one, not at all. */
export async function openTransmit(place: TransmitPlace): Promise<TransmitOutcome> {
  const { beside, without = [] } = place
  const passedOver: string[] = []
  for (const mode of BESIDE[beside] ?? (['tcx', 'packet-socket'] as const)) {
    const { since, capabilities } = TRANSMIT_MODES[mode]
    if (without.includes(mode) || !kernelAtLeast(...since)) {
      passedOver.push(`${mode}: needs Linux ${since.join('.')} or later`)
      continue
    }
    try {
      return { transmit: await openIn(mode, place), passedOver }
    } catch (error) {
      const lacking = missing(capabilities, effectiveCapabilities())
      passedOver.push(`${mode}: ${explain(mode, error as NativeError, lacking).reason}`)
    }
  }
  return { passedOver }
}

async function openIn(
  mode: TransmitMode,
  { addon, found, layout, groups: wanted, filters: set }: TransmitPlace,
): Promise<Transmit> {
  const { load, attach, inKernel } = TRANSMIT_MODES[mode]
  const target = { ifindex: found.index, raw: found.raw === 1 }
  const handle = load(addon, target, layout)
  try {
    const budget = inKernel ? { bytes: layout.groupBudget, cpus: layout.cpus } : undefined
    const openGroup = groupOpener(found.name, addon, handle, budget)
    const groups = (inKernel ? layout.groups : wanted).map(openGroup)
    const filters = transmitFilters({ handle, target }, set)
    await filters.ready
    const feeder = await attach({ addon, handle, name: found.name, mode, target }, [])
    const close = (): void => {
      filters.close()
      addon.close(handle)
    }
    return { mode, handle, groups, openGroup, filters, feeder, close }
  } catch (error) {
    addon.close(handle)
    throw error
  }
}
