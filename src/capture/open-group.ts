// SPDX-License-Identifier: Apache-2.0
import { CaptureError } from '../errors.ts'
import type { Addon, Handle, NativeError } from '../native/binding.ts'
import { fittedSpec, groupBytes } from './group-memory.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { handleGroup } from './handle-group.ts'
import type { GroupPins } from './pins/group-pins.ts'

/** Groups of one source at a time: its chain of programs has so many places. */
const SLOTS = 16

/** Memory of the kernel that a source's groups may take together. */
export interface GroupBudget {
  readonly bytes: number
  readonly cpus: number
}

/**
 * Makes the function that opens groups behind a handle; without a budget they are in the process's own memory. With pins
 * they outlive it.
 */
export function groupOpener(
  name: string,
  addon: Addon,
  handle: Handle,
  budget?: GroupBudget,
  pins?: GroupPins,
): (spec: GroupSpec) => GroupTable {
  const taken = new Map<number, number>()

  function begun(wanted: GroupSpec): { slot: number; spec: GroupSpec; bytes: number } {
    const slot = Array.from({ length: SLOTS }, (_, at) => at + 1).find(
      (at) => !taken.has(at) && !pins?.reserved.has(at),
    )
    if (slot === undefined) {
      throw new CaptureError(
        'GROUP_LIMIT',
        `${name}: ${SLOTS} counter groups are counted already; remove some of counter_groups`,
      )
    }
    const used = [...taken.values()].reduce((sum, bytes) => sum + bytes, 0)
    if (!budget) return { slot, spec: wanted, bytes: 0 }
    return { slot, ...fittedSpec(addon, wanted, { ...budget, bytes: budget.bytes - used }) }
  }
  function opened(
    { slot, spec, bytes }: ReturnType<typeof begun>,
    folder: string | undefined,
  ): GroupTable {
    const onClose = (): void => {
      taken.delete(slot)
      if (folder !== undefined) pins?.remove(folder)
    }
    try {
      const table = handleGroup(addon, handle, spec, { slot, pins: folder, onClose })
      taken.set(slot, bytes)
      return table
    } catch (cause) {
      addon.closeGroup(handle, slot)
      if (folder !== undefined) pins?.remove(folder)
      const { step, message } = cause as NativeError
      if (step === undefined) throw cause
      const code = step === 'BPF_PROG_LOAD' ? 'BPF_LOAD' : 'MEMORY_BUDGET'
      throw new CaptureError(code, `${name}: a counter group was not opened: ${message}`, { cause })
    }
  }
  return (wanted) => {
    const pinned = pins?.claim(wanted)
    if (pinned) {
      const bytes = groupBytes(addon, pinned.spec, budget?.cpus ?? 1)
      return opened({ ...pinned, bytes }, pinned.folder)
    }
    const place = begun(wanted)
    return opened(place, pins?.begin(place.slot, place.spec))
  }
}
