// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Addon, HOOK, type NativePins } from '../../native/binding.ts'
import type { KernelMode } from '../modes.ts'
import { type Notes, readNotes } from './notes.ts'
import { removeEmpty, removePins } from './remove.ts'

/** Level of a source's folder: see LEVELS. */
const SOURCE_LEVEL = 3

/** What a pinned source says of itself, the part `source` of its notes. */
export interface SourceNote {
  /** Mode that the settings asked for. */
  readonly asked: string
  /** Network namespace of the interface: indices of interfaces are of one. */
  readonly namespace: string
  /** Unix milliseconds when its counts began. */
  readonly began: number
}

/** A source that counts though nobody reads it. */
export interface PinnedSource {
  readonly mode: KernelMode
  readonly layout: NativePins
  readonly note: SourceNote
  readonly notes: Pick<Notes, 'read'>
}

/** The pins of one interface's source. */
export interface SourcePins {
  /** Folder of its objects. */
  readonly folder: string
  /** Finds what is pinned; undefined when nothing is. Throws with the reason, to follow "since", when it is of no use. */
  find(): PinnedSource | undefined
  /** Begins anew: makes the folder, with nothing in it. Throws NativeError, of the step `mkdir`. */
  begin(): void
  remove(): void
}

/** Names the network namespace that this process is in. */
export function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net')
}

/** The pins in a folder. */
export function sourcePins(addon: Addon, folder: string): SourcePins {
  function remove(): void {
    removePins(folder, SOURCE_LEVEL)
    removeEmpty(dirname(folder))
  }
  return {
    folder,
    find() {
      const notes = notesIn(addon, folder)
      if (!notes) return undefined
      const layout = layoutIn(addon, folder)
      const mode = (Object.keys(HOOK) as KernelMode[]).find((each) => HOOK[each] === layout.hook)
      const note = notes.read('source') as SourceNote | undefined
      if (!mode || !note) throw new Error('its pins are not complete')
      return { mode, layout, note, notes }
    },
    begin() {
      try {
        remove()
        mkdirSync(folder, { recursive: true, mode: 0o700 })
      } catch (error) {
        throw Object.assign(error as Error, { step: 'mkdir' })
      }
    },
    remove,
  }
}

/** Reads the notes in a folder; undefined where there are none. Throws with the reason when they are of no use. */
export function notesIn(addon: Addon, folder: string): Pick<Notes, 'read'> | undefined {
  let bytes: Uint8Array
  try {
    bytes = addon.pinnedNotes(folder)
  } catch {
    return undefined
  }
  try {
    return readNotes(bytes)
  } catch (error) {
    throw new Error(`its notes ${(error as Error).message}`, { cause: error })
  }
}

function layoutIn(addon: Addon, folder: string): NativePins {
  try {
    return addon.readPins(folder)
  } catch (cause) {
    throw new Error('its pins are not complete', { cause })
  }
}
