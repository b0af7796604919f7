// SPDX-License-Identifier: Apache-2.0
import { type Notes, openNotes, type Room } from '../../src/capture/pins/notes.ts'

/** Notes in this process's memory; `reopened` gives them as the next process finds them. */
export function heldNotes(): { readonly notes: Notes; reopened(): Notes } {
  const held = new Uint8Array(2 ** 18)
  const room: Room = {
    bytes: held.length,
    read: (from, into) => into.set(held.subarray(from, from + into.length)),
    write: (at, bytes) => held.set(bytes, at),
  }
  return { notes: openNotes(room), reopened: () => openNotes(room) }
}
