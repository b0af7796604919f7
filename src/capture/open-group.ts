// SPDX-License-Identifier: Apache-2.0
import { CaptureError } from '../errors.ts'
import type { Addon, Handle, NativeError } from '../native/binding.ts'
import { fittedSpec } from './group-memory.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { handleGroup } from './handle-group.ts'

/** Groups of one source at a time: its chain of programs has so many places. */
const SLOTS = 16

/** Memory of the kernel that a source's groups may take together. */
export interface GroupBudget {
  readonly bytes: number
  readonly cpus: number
}

/** Makes the function that opens groups behind a handle; without a budget they are in the process's own memory. */
export function groupOpener(
  name: string,
  addon: Addon,
  handle: Handle,
  budget?: GroupBudget,
): (spec: GroupSpec) => GroupTable {
  const taken = new Map<number, number>()
  return (wanted) => {
    const slot = Array.from({ length: SLOTS }, (_, at) => at + 1).find((at) => !taken.has(at))
    if (slot === undefined) {
      throw new CaptureError(
        'GROUP_LIMIT',
        `${name}: ${SLOTS} counter groups are counted already; remove some of counter_groups`,
      )
    }
    const used = [...taken.values()].reduce((sum, bytes) => sum + bytes, 0)
    const { spec, bytes } = budget
      ? fittedSpec(addon, wanted, { ...budget, bytes: budget.bytes - used })
      : { spec: wanted, bytes: 0 }
    try {
      const table = handleGroup(addon, handle, slot, spec, () => taken.delete(slot))
      taken.set(slot, bytes)
      return table
    } catch (cause) {
      const { step, message } = cause as NativeError
      if (step === undefined) throw cause
      const code = step === 'BPF_PROG_LOAD' ? 'BPF_LOAD' : 'MEMORY_BUDGET'
      throw new CaptureError(code, `${name}: a counter group was not opened: ${message}`, { cause })
    }
  }
}
