// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { CaptureError, type ErrorCode } from '../errors.ts'
import {
  type Addon,
  type Interface,
  loadAddon,
  loadCatalog,
  type NativeError,
} from '../native/binding.ts'
import { type Capability, effectiveCapabilities, missing } from './capabilities.ts'
import { kernelAtLeast, possibleCpus } from './kernel.ts'
import { type Layout, layoutFor } from './layout.ts'
import { liveSource } from './live.ts'
import { isOccupied, type LiveMode, MODES } from './modes.ts'
import type { Source } from './source.ts'

/** Modes in the order they are tried; the first that the user named, the rest as its fall-backs. */
const ORDER: Readonly<Record<LiveMode | 'auto', readonly LiveMode[]>> = {
  auto: ['tcx', 'xdp-generic', 'packet-socket'],
  tcx: ['tcx'],
  xdp: ['xdp', 'xdp-generic'],
  'xdp-generic': ['xdp-generic'],
  'packet-socket': ['packet-socket'],
}

/** Where to go when another program holds the place that was asked for: it stays, and counting goes on beside it. */
const BESIDE: readonly LiveMode[] = ['tcx', 'packet-socket']

export interface OpenOptions {
  readonly source: LiveMode | 'auto'
  /** Memory that this interface's tables may take. */
  readonly budgetBytes: number
  /** Possible CPUs; read from the machine unless given. */
  readonly cpus?: number
  /** Seed of the hashes; drawn unless given. */
  readonly seed?: bigint
  /** Modes to treat as if this kernel lacked them. */
  readonly without?: readonly LiveMode[]
}

/** An open source and why it is not in the mode that comes first. */
export interface Opened {
  readonly source: Source
  readonly layout: Layout
  /** Modes that were tried before and the reason each failed; empty when the first one worked. */
  readonly passedOver: readonly string[]
}

interface Refusal {
  readonly mode: LiveMode
  readonly reason: string
  readonly code: ErrorCode
  readonly occupied: boolean
}

/** Starts counting on an interface in the first mode that works; throws CaptureError with every mode's reason. */
export function openInterface(name: string, options: OpenOptions): Opened {
  const addon = loadAddon()
  const catalog = loadCatalog()
  const found = findInterface(addon, name)
  const layout = layoutFor(addon, { ...options, cpus: options.cpus ?? possibleCpus() })
  const have = effectiveCapabilities()
  const refusals: Refusal[] = []
  const queue: LiveMode[] = [...ORDER[options.source]]
  for (let mode = queue.shift(); mode !== undefined; mode = queue.shift()) {
    const outcome = options.without?.includes(mode)
      ? refusal(mode, 'KERNEL_UNSUPPORTED', 'this kernel lacks it')
      : tryMode({ addon, catalog, found, layout, have }, mode)
    if (!('occupied' in outcome)) {
      return {
        source: outcome,
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
  const all = addon.interfaces()
  const found = all.find((each) => each.name === name)
  if (found) return found
  throw new CaptureError(
    'INTERFACE_MISSING',
    `${name}: no such interface in this network namespace; there are ${all.map((each) => each.name).join(', ')}.`,
  )
}

interface Attempt {
  readonly addon: Addon
  readonly catalog: Catalog
  readonly found: Interface
  readonly layout: Layout
  readonly have: ReadonlySet<Capability>
}

function tryMode(
  { addon, catalog, found, layout, have }: Attempt,
  mode: LiveMode,
): Source | Refusal {
  const steps = MODES[mode]
  const [major, minor] = steps.since
  if (!kernelAtLeast(major, minor)) {
    return refusal(mode, 'KERNEL_UNSUPPORTED', `needs Linux ${major}.${minor} or later`)
  }
  const { name, index: ifindex } = found
  let handle: ReturnType<typeof steps.load> | undefined
  try {
    handle = steps.load(addon, { ifindex, raw: found.raw === 1 }, layout)
    steps.attach?.(addon, handle, ifindex)
    return liveSource({ addon, catalog, name, ifindex, mode, handle })
  } catch (error) {
    if (handle) addon.close(handle)
    return explain(mode, error as NativeError, missing(steps.capabilities, have))
  }
}

function explain(mode: LiveMode, error: NativeError, lacking: readonly string[]): Refusal {
  if (lacking.length > 0 && (error.code === 'EPERM' || error.code === 'EACCES')) {
    return refusal(mode, 'CAPABILITY_MISSING', `needs ${lacking.join(' and ')}`)
  }
  if (isOccupied(error)) {
    return {
      ...refusal(mode, 'BPF_ATTACH', 'another program is attached there and stays'),
      occupied: true,
    }
  }
  if (error.step === 'BPF_LINK_CREATE') {
    return refusal(mode, 'BPF_ATTACH', `not attached: ${error.message}`)
  }
  if (mode === 'packet-socket') return refusal(mode, 'SOCKET_OPEN', `not opened: ${error.message}`)
  const words = error.log?.trim().split('\n').slice(-3).join(' | ')
  return refusal(mode, 'BPF_LOAD', `not loaded: ${error.message}${words ? `: ${words}` : ''}`)
}

function refusal(mode: LiveMode, code: ErrorCode, reason: string): Refusal {
  return { mode, reason, code, occupied: false }
}

function refused(name: string, refusals: readonly Refusal[]): CaptureError {
  const reasons = refusals.map(({ mode, reason }) => `${mode} ${reason}`).join('; ')
  const code = refusals.at(-1)?.code ?? 'BPF_ATTACH'
  return new CaptureError(
    code,
    `${name}: packets cannot be counted here: ${reasons}. See pktspot preflight.`,
  )
}
