// SPDX-License-Identifier: Apache-2.0
import type { Addon, Handle, Interface, NativeError } from '../native/binding.ts'
import { effectiveCapabilities, missing } from './capabilities.ts'
import { kernelAtLeast } from './kernel.ts'
import type { Layout } from './layout.ts'
import { type LiveMode, TRANSMIT_MODES, type TransmitMode } from './modes.ts'
import { explain } from './refusal.ts'

/** Counts what an interface transmits; whoever has it closes the handle. */
export interface Transmit {
  readonly mode: TransmitMode
  readonly handle: Handle
}

/** Where transmitted frames are to be counted. */
export interface TransmitPlace {
  readonly addon: Addon
  readonly found: Interface
  readonly layout: Layout
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

/** Counts what leaves an interface in the first mode that works: tcx, else packet-socket; without one, not at all. */
export function openTransmit(place: TransmitPlace): TransmitOutcome {
  const { addon, found, layout, beside, without = [] } = place
  const passedOver: string[] = []
  const modes = (['tcx', 'packet-socket'] as const).filter(
    (mode) => beside !== 'packet-socket' || mode === beside,
  )
  for (const mode of modes) {
    const { since, capabilities, load, attach } = TRANSMIT_MODES[mode]
    if (without.includes(mode) || !kernelAtLeast(...since)) {
      passedOver.push(`${mode}: needs Linux ${since.join('.')} or later`)
      continue
    }
    let handle: Handle | undefined
    try {
      handle = load(addon, { ifindex: found.index, raw: found.raw === 1 }, layout)
      attach(addon, handle, found.index)
      return { transmit: { mode, handle }, passedOver }
    } catch (error) {
      if (handle) addon.close(handle)
      const lacking = missing(capabilities, effectiveCapabilities())
      passedOver.push(`${mode}: ${explain(mode, error as NativeError, lacking).reason}`)
    }
  }
  return { passedOver }
}
