// SPDX-License-Identifier: Apache-2.0
import type { Addon, Handle } from '../../native/binding.ts'
import { type Notes, openNotes } from './notes.ts'

/** Opens the notes of a source (slot 0) or a group behind a handle; undefined where nothing is pinned. */
export function handleNotes(addon: Addon, handle: Handle, slot: number): Notes | undefined {
  const bytes = addon.notesBytes(handle, slot)
  if (bytes === 0) return undefined
  return openNotes({
    bytes,
    read: (from, into) => addon.readNotes(handle, slot, from, into),
    write: (at, part) => addon.writeNotes(handle, slot, at, part),
  })
}
