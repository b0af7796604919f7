// SPDX-License-Identifier: Apache-2.0
import type { Handle } from './handle.ts'

/** A pinned source as its objects tell. */
export interface NativePins {
  /** Interface that its link is attached to; 0: it is gone. */
  readonly ifindex: number
  /** One of HOOK. */
  readonly hook: number
  readonly cpus: number
  readonly bits: number
  readonly seed: bigint
  /** 0 or 1, as is `raw`. */
  readonly frags: number
  readonly raw: number
}

/** The part of the addon that has to do with what outlives the process. */
export interface PinAddon {
  /** A digest of how pinned memory is laid out: 16 hexadecimal digits. */
  layoutVersion(): string
  /** Looks at the source that is pinned in a folder. Throws NativeError: ENOENT when part of it is missing. */
  readPins(folder: string): NativePins
  /** Copies the notes that are pinned in a folder. Throws NativeError. */
  pinnedNotes(folder: string): Uint8Array
  /** Locks a folder: no other process can as long as the descriptor is open. Throws NativeError: EAGAIN when one has. */
  lockFolder(path: string): number
  /** Room for notes of a source (slot 0) or a group; 0 where nothing is pinned. */
  notesBytes(source: Handle, slot: number): number
  readNotes(source: Handle, slot: number, from: number, into: Uint8Array): void
  writeNotes(source: Handle, slot: number, at: number, bytes: Uint8Array): void
}
