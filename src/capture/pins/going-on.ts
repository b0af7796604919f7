// SPDX-License-Identifier: Apache-2.0
import type { Addon, Interface } from '../../native/binding.ts'
import type { GroupSpec } from '../group-table.ts'
import { layoutFor } from '../layout.ts'
import { type LiveMode, seesFragments } from '../modes.ts'
import { networkNamespace, type PinnedSource, type SourcePins } from './source-pins.ts'

/** What a pinned source is compared with. */
export interface Wanted {
  readonly addon: Addon
  readonly pins: { readonly at: SourcePins; tell(line: string): void }
  readonly found: Interface
  /** Modes that may be tried. */
  readonly modes: readonly LiveMode[]
  readonly options: {
    readonly source: string
    readonly cpus: number
    readonly budgetBytes: number
    readonly groups?: readonly GroupSpec[]
  }
}

/** Finds a pinned source that counts as it would be counted now; what does not is removed, and told why. */
export function goingOn(wanted: Wanted): PinnedSource | undefined {
  const { at, tell } = wanted.pins
  let reason: string | undefined
  try {
    const pinned = at.find()
    if (!pinned) return undefined
    reason = difference(pinned, wanted)
    if (reason === undefined) return pinned
  } catch (error) {
    reason = (error as Error).message
  }
  at.remove()
  tell(`counts begin anew, since ${reason}`)
  return undefined
}

function difference({ mode, layout, note }: PinnedSource, wanted: Wanted): string | undefined {
  const { addon, found, modes, options } = wanted
  if (note.namespace !== networkNamespace()) return 'it was counted in another network namespace'
  if (layout.ifindex !== found.index) return 'the interface is another one now'
  if (note.asked !== options.source && !modes.includes(mode)) return `it was counted by ${mode}`
  const { cpus, bits } = layoutFor(addon, options)
  const same =
    layout.cpus === cpus &&
    layout.bits === bits &&
    layout.raw === Number(found.raw === 1) &&
    layout.frags === Number(seesFragments(mode))
  return same ? undefined : 'its tables would be of another size now'
}
