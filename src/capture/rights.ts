// SPDX-License-Identifier: Apache-2.0
import { type Capability, effectiveCapabilities, missing } from './capabilities.ts'
import { MODES } from './modes.ts'
import type { Mode } from './source.ts'

/** Capabilities that opening an interface in a mode takes. */
export function rightsOf(mode: Mode): readonly Capability[] {
  return mode === 'pcap-file' ? [] : MODES[mode].capabilities
}

/** Names those of a mode's capabilities that the program has not, or not any more. */
export function lackingFor(mode: Mode): readonly string[] {
  return missing(rightsOf(mode), effectiveCapabilities())
}

/** Names what the program lacks to count other groups and filters at a source that is open already. */
export function lackingForChanges(mode: Mode): readonly string[] {
  return mode !== 'pcap-file' && MODES[mode].inKernel ? lackingFor(mode) : []
}
