// SPDX-License-Identifier: Apache-2.0
import type { Addon, Handle } from '../native/binding.ts'
import { groupNumbers, keyWordCount } from './group-numbers.ts'
import type { Candidate, GroupSpec, GroupTable } from './group-table.ts'

/** Begins to count a group in a slot behind a handle; throws NativeError or RangeError. */
export function handleGroup(
  addon: Addon,
  handle: Handle,
  slot: number,
  wanted: GroupSpec,
  onClose: () => void,
): GroupTable {
  const classes = wanted.classes ?? new Uint8Array()
  const tracked = addon.openGroup(handle, slot, groupNumbers(wanted), classes, wanted.seed)
  const spec = { ...wanted, tracked }
  const fields = addon.keyFields()
  const words = keyWordCount(spec, (field) => fields[field]?.bits ?? 0)
  const adds = spec.adds.length
  let isOpen = true

  return {
    spec,
    look() {
      const cells = new BigUint64Array((1 + spec.slots) * adds)
      addon.lookGroup(handle, slot, cells)
      return cells
    },
    cut() {
      const extremes = new Float64Array(spec.slots * spec.extremes.length)
      const uniques = new Float64Array(spec.slots * spec.uniques.length)
      addon.cutGroup(handle, slot, extremes, uniques)
      return { extremes, uniques }
    },
    promote: (index, key) => addon.promoteKey(handle, slot, index, BigUint64Array.from(key)),
    demote: (index) => addon.demoteKey(handle, slot, index),
    candidates(count, by) {
      const keys = new BigUint64Array(count * words)
      const sums = new BigUint64Array(count * adds)
      const errors = new BigUint64Array(count)
      const found = addon.groupCandidates(handle, slot, count, by, keys, sums, errors)
      return Array.from({ length: found }, (_, at): Candidate => {
        const key = Array.from(keys.subarray(at * words, (at + 1) * words))
        const own = Array.from(sums.subarray(at * adds, (at + 1) * adds))
        return { key, adds: own, error: errors[at] ?? 0n }
      })
    },
    clear: () => addon.clearGroup(handle, slot),
    fill: () => addon.groupFill(handle, slot),
    close() {
      if (!isOpen) return
      isOpen = false
      addon.closeGroup(handle, slot)
      onClose()
    },
  }
}
