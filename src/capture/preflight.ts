// SPDX-License-Identifier: Apache-2.0
import type { Addon, NativeError } from '../native/binding.ts'
import { effectiveCapabilities, missing } from './capabilities.ts'
import { kernelAtLeast } from './kernel.ts'
import type { Layout } from './layout.ts'
import { type LiveMode, MODES } from './modes.ts'
import { findInterface } from './open.ts'

/** Whether a mode can be used on an interface, and what to know or to mend. */
export interface Possibility {
  readonly mode: LiveMode
  readonly possible: boolean
  readonly note: string
}

const NOTES: Readonly<Record<LiveMode, string>> = {
  tcx: 'the program loads; receives after GRO, counts segments',
  xdp: 'the program loads; whether the driver takes it is known only when it is attached, which may reset the link',
  'xdp-generic': 'the program loads; attaching fails where another XDP program is',
  'packet-socket': 'opens; copies headers to user space',
  libpcap: "npm's cap is there; copies packets to another process",
}

/** Tries each mode on an interface as far as it goes without attaching to it. */
export function possibilities(addon: Addon, name: string, layout: Layout): Possibility[] {
  const { index: ifindex, raw } = findInterface(addon, name)
  const have = effectiveCapabilities()
  return (Object.keys(MODES) as LiveMode[]).map((mode) => {
    const { since, capabilities, load } = MODES[mode]
    const lacking = missing(capabilities, have)
    const no = (note: string) => ({ mode, possible: false, note })
    if (!kernelAtLeast(...since)) return no(`needs Linux ${since.join('.')} or later`)
    try {
      addon.close(load(addon, { ifindex, raw: raw === 1 }, layout))
    } catch (error) {
      const { message } = error as NativeError
      return no(lacking.length > 0 ? `needs ${lacking.join(' and ')}` : message)
    }
    /* some kernels load a program without a capability that attaching then asks for */
    if (lacking.length > 0) return no(`needs ${lacking.join(' and ')}`)
    return { mode, possible: true, note: NOTES[mode] }
  })
}
