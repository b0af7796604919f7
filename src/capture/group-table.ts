// SPDX-License-Identifier: Apache-2.0

import type { Notes } from './pins/notes.ts'

/** A field of packets that keys are made of; the addon's `keyFields()` lists them in this form. */
export interface KeyField {
  /** `ip.src`, `l4.dst_port`… */
  readonly name: string
  readonly help: string
  /** Width: 128 (an address), 48 (a MAC address), 16 or 8. */
  readonly bits: number
  /** Position in the core's list. */
  readonly index: number
}

/** What a cell adds up or keeps: one a frame, the frame's bytes on the wire, or a field's value. */
export type CellValue = 'frames' | 'bytes' | number

/** How one group counts, in the core's terms: fields by their index. Frozen into the kernel's program. */
export interface GroupSpec {
  /** What frames are counted; received ones alone unless given. A capture file knows no direction. */
  readonly direction?: 'transmit' | 'both'
  /** Layers that a packet must have all of to be counted: bits of `enum layers` in native/core/layers.h. */
  readonly layers: number
  /** Bit of the table's matches that must be set; -1: every packet. */
  readonly filter: number
  /** The key's fields in their order, at most five; a packet that lacks one is not counted. Empty for rules. */
  readonly fields: readonly number[]
  /** Bits of an IPv4 and of an IPv6 address that are kept, 0 to 32 and 0 to 128. */
  readonly prefix4: number
  readonly prefix6: number
  /** Replaces the value of the only field (16 or 8 bits wide): class of value v at v; 255 goes to other. */
  readonly classes?: Uint8Array
  /** Matches whose first set bit, counted from 0, is the key; none set goes to other. */
  readonly rules?: { readonly first: number; readonly count: number }
  /** Cumulative cells of a key: at most 8. */
  readonly adds: readonly CellValue[]
  /** Cells of the running window: at most 8. */
  readonly extremes: readonly { readonly value: CellValue; readonly keep: 'max' | 'min' | 'last' }[]
  /** Fields whose distinct values are estimated for each key: at most 2. */
  readonly uniques: readonly number[]
  /** HyperLogLog precision of the uniques. */
  readonly uniqueBits: number
  /** Index of the cumulative cell that candidates are ranked by. */
  readonly rank: number
  /** Keys that can be promoted at a time. */
  readonly slots: number
  /** Keys that are tracked as candidates on each CPU (or thread); 0: none, all keys are known. */
  readonly tracked: number
  /** Seed of the hashes. */
  readonly seed: bigint
  /** Names the group and all that it counts by, over restarts: its GUID, a blank, a digest. Without, it is not pinned. */
  readonly identity?: string
}

/** A key that is not promoted and what is known of it. */
export interface Candidate {
  /** The key's words: see `keyWords`. */
  readonly key: readonly bigint[]
  /** Cumulative cells since the candidates were cleared; that of the rank is `error` too high at most. */
  readonly adds: readonly bigint[]
  readonly error: bigint
}

/** What the keys held over one window; by slot. */
export interface GroupCut {
  /** `slots` times the extremes; NaN: no packet. */
  readonly extremes: Float64Array
  /** `slots` times the uniques. */
  readonly uniques: Float64Array
}

/** How full a group's tables are and what became of its candidates, since it was opened. */
export interface GroupFill {
  /** Candidates held now, and room for them over all CPUs. */
  readonly tracked: number
  readonly room: number
  /** Candidates that gave way to another key. */
  readonly evictions: bigint
  /** Greatest error among the candidates' ranked cells. */
  readonly error: bigint
  readonly bytes: number
}

/** One group's counting at one source. Row 0 is `other`, row 1 + n the key in slot n; rows hold the spec's adds. */
export interface GroupTable {
  readonly spec: GroupSpec
  /** What is known of a pinned table besides its cells, by the process before at first; undefined when it is not pinned. */
  readonly notes?: Notes | undefined
  /** Reads the cumulative cells: (1 + slots) times the adds; every frame is in exactly one row. Never falls. */
  look(): BigUint64Array
  /** Closes the window of extremes and uniques and reads it. */
  cut(): GroupCut
  /** Has a slot count a key from now on; the slot's cells go on from where they are. */
  promote(slot: number, key: readonly bigint[]): void
  /** Sends the slot's key to other from now on; its cells keep their values and must not be given to another key before the next look but one. */
  demote(slot: number): void
  /** The greatest candidates by a cumulative cell, in falling order; of ties the smaller key first. */
  candidates(count: number, by: number): readonly Candidate[]
  /** Forgets the candidates: the next bucket begins. */
  clear(): void
  fill(): GroupFill
  close(): void
}
