// SPDX-License-Identifier: Apache-2.0
import type { Addon, Handle } from '../native/binding.ts'
import { groupNumbers, keyWordCount } from './group-numbers.ts'
import type { Candidate, GroupSpec, GroupTable } from './group-table.ts'
import { groupNotesBytes } from './pins/group-pins.ts'
import { handleNotes } from './pins/handle-notes.ts'

/** Where a group counts. */
export interface GroupPlace {
  readonly slot: number
  /** Folder of its pins; undefined when it has none. */
  readonly pins: string | undefined
  onClose(): void
}

/** Begins to count a group behind a handle, or goes on with a pinned one; throws NativeError or RangeError. */
export function handleGroup(
  addon: Addon,
  handle: Handle,
  wanted: GroupSpec,
  { slot, pins, onClose }: GroupPlace,
): GroupTable {
  const { classes = new Uint8Array(), seed } = wanted
  const fields = addon.keyFields()
  const words = keyWordCount(wanted, (field) => fields[field]?.bits ?? 0)
  const room = groupNotesBytes(wanted, words)
  const numbers = groupNumbers(wanted)
  const tracked = addon.openGroup(handle, slot, numbers, classes, seed, pins, room)
  const spec = { ...wanted, tracked }
  const notes = pins === undefined ? undefined : handleNotes(addon, handle, slot)
  const { identity, slots, rank, uniqueBits } = wanted
  notes?.write('spec', { identity, slots, tracked: wanted.tracked, rank, uniqueBits, seed })
  const adds = spec.adds.length
  let isOpen = true

  return {
    spec,
    notes,
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
