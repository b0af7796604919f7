// SPDX-License-Identifier: Apache-2.0
import { type Addon, type Handle, HOOK, type NativeError } from '../native/binding.ts'
import type { Capability } from './capabilities.ts'
import { kernelAtLeast } from './kernel.ts'
import type { Layout } from './layout.ts'

/** Ways to count on a live interface. */
export type LiveMode = KernelMode | 'packet-socket'

/** Those that count in the kernel. */
export type KernelMode = Exclude<keyof typeof HOOK, 'tcx-egress'>

/** Ways to count what a live interface transmits. */
export type TransmitMode = 'tcx' | 'packet-socket'

/** What a mode needs and how it is opened. */
export interface ModeSteps {
  readonly capabilities: readonly Capability[]
  /** First kernel release that has it. */
  readonly since: readonly [major: number, minor: number]
  /** Creates everything without attaching it, or goes on with what is pinned in a folder; throws NativeError. */
  load(
    addon: Addon,
    target: { ifindex: number; raw: boolean },
    layout: Layout,
    pins?: string,
  ): Handle
  /** Starts the counting. */
  attach(addon: Addon, handle: Handle, ifindex: number): void
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
    attach: (addon, handle, ifindex) => addon.attachKernel(handle, ifindex),
    inKernel: true,
  }
}

function packetSocket(transmit: boolean): ModeSteps {
  return {
    capabilities: ['NET_RAW'],
    since: [4, 20],
    load: (addon, { ifindex, raw }, { bits, seed }) =>
      addon.openPacketSocket(ifindex, RING_BYTES, bits, seed, raw, true, transmit),
    attach: (addon, handle) => addon.startPacketSocket(handle),
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
}

export const TRANSMIT_MODES: Readonly<Record<TransmitMode, ModeSteps>> = {
  tcx: kernelMode('tcx-egress', [6, 6]),
  'packet-socket': packetSocket(true),
}

/** Tells whether another program holds the place that a mode needs. */
export function isOccupied(error: NativeError): boolean {
  return error.step === 'BPF_LINK_CREATE' && (error.code === 'EBUSY' || error.code === 'EEXIST')
}
