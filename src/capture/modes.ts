// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
import { type Addon, type Handle, HOOK, type NativeError } from '../native/binding.ts'
import { requireCap } from '../native/cap.ts'
import type { Opening } from './beside.ts'
import type { Capability } from './capabilities.ts'
import { kernelAtLeast } from './kernel.ts'
import type { Layout } from './layout.ts'
import { type Feeder, feedByLibpcap } from './libpcap.ts'

/** Ways to count on a live interface. */
export type LiveMode = KernelMode | 'packet-socket' | 'libpcap'

/** Those that count in the kernel. */
export type KernelMode = Exclude<keyof typeof HOOK, 'tcx-egress'>

/** Ways to count what a live interface transmits. */
export type TransmitMode = 'tcx' | 'packet-socket' | 'libpcap'

/** A live source that is being opened. */
export type LiveOpening = Opening & Required<Pick<Opening, 'target'>>

/** What a mode needs and how it is opened. */
export interface ModeSteps {
  readonly capabilities: readonly Capability[]
  /** First kernel release that has it. */
  readonly since: readonly [major: number, minor: number]
  /**
   * Creates everything without attaching it, or goes on with what is pinned in a folder; throws NativeError,
   * CaptureError.
   */
  load(
    addon: Addon,
    target: { ifindex: number; raw: boolean },
    layout: Layout,
    pins?: string,
  ): Handle
  /** Starts the counting, also of what is counted beside the core's; gives what feeds it, where something does. */
  attach(opening: LiveOpening, added: readonly AddedSums[]): Promise<Feeder> | undefined
  /** Whether tables and groups are the kernel's memory. */
  readonly inKernel: boolean
}

/** Largest ring of a packet socket: some 30 ms of full-size frames at 2 Mpps, captured by their headers. */
const RING_BYTES = 8 * 2 ** 20

function kernelMode(hook: keyof typeof HOOK, since: readonly [number, number]): ModeSteps {
  return {
    capabilities: ['BPF', 'NET_ADMIN', 'PERFMON'],
    since,
    load(addon, { raw }, { cpus, bits, seed }, pins) {
      return addon.openKernel(HOOK[hook], cpus, bits, seed, seesFragments(hook), raw, pins)
    },
    attach({ addon, handle, target }) {
      addon.attachKernel(handle, target.ifindex)
      return undefined
    },
    inKernel: true,
  }
}

function packetSocket(transmit: boolean): ModeSteps {
  return {
    capabilities: ['NET_RAW'],
    since: [4, 20],
    load: (addon, { ifindex, raw }, { bits, seed }) =>
      addon.openPacketSocket(ifindex, RING_BYTES, bits, seed, raw, true, transmit),
    attach({ addon, handle }) {
      addon.startPacketSocket(handle)
      return undefined
    },
    inKernel: false,
  }
}

function libpcap(direction: 'receive' | 'transmit'): ModeSteps {
  return {
    capabilities: ['NET_RAW'],
    since: [2, 6],
    load(addon, _target, { bits, seed }) {
      requireCap()
      return addon.openCapture(1, bits, seed)
    },
    attach: (opening, added) => feedByLibpcap(opening, added, direction),
    inKernel: false,
  }
}

/** Whether a mode's program is loaded for frames of several fragments. */
export function seesFragments(hook: keyof typeof HOOK): boolean {
  return hook.startsWith('xdp') && kernelAtLeast(5, 18)
}

export const MODES: Readonly<Record<LiveMode, ModeSteps>> = {
  tcx: kernelMode('tcx', [6, 6]),
  xdp: kernelMode('xdp', [5, 15]),
  'xdp-generic': kernelMode('xdp-generic', [5, 15]),
  'packet-socket': packetSocket(false),
  libpcap: libpcap('receive'),
}

export const TRANSMIT_MODES: Readonly<Record<TransmitMode, ModeSteps>> = {
  tcx: kernelMode('tcx-egress', [6, 6]),
  'packet-socket': packetSocket(true),
  libpcap: libpcap('transmit'),
}

/** Tells whether another program holds the place that a mode needs. */
export function isOccupied(error: NativeError): boolean {
  return error.step === 'BPF_LINK_CREATE' && (error.code === 'EBUSY' || error.code === 'EEXIST')
}
