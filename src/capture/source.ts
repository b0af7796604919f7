// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import type { Window } from '../counters/window.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import type { Notes } from './pins/notes.ts'

/** How packets reach the counters. */
export type Mode = 'tcx' | 'xdp' | 'xdp-generic' | 'packet-socket' | 'libpcap' | 'pcap-file'

/** A place that packets are counted at: one interface or one capture file. */
export interface Source extends AsyncDisposable {
  /** Interface name, or the capture file's path; the value of the label `interface`. */
  readonly name: string
  readonly mode: Mode
  /** How transmitted packets reach the counters; absent where those are not counted. */
  readonly transmit?: Mode | undefined
  readonly catalog: Catalog
  /** Looks at the running totals without closing a window; cheap enough for every scrape. */
  look(): Reading
  /**
   * Yields windows aligned to whole multiples of `seconds` since the epoch until the signal aborts or the input ends;
   * the last one may be partial. A vanished interface, one that ends its capture by going down, or a broken file throws a
   * `CaptureError` (errors.ts) after the last window.
   */
  windows(seconds: number, signal: AbortSignal): AsyncIterable<Window>
  /**
   * Counts a group from now on, until it or the source is closed; at most 16 at a time. Where memory is short fewer
   * candidates are tracked: `spec` of the table says how many. Throws a `CaptureError`: GROUP_LIMIT, MEMORY_BUDGET, BPF_LOAD.
   */
  openGroup(spec: GroupSpec): GroupTable
  /** How a source outlives the process; undefined when it does not. */
  readonly pinned?: Pinned | undefined
}

/** What a pinned source has besides. */
export interface Pinned {
  /** When its counts began: in an earlier process if it went on. */
  readonly began: Date
  readonly notes: Notes
  /** Has it end with the process after all. */
  unpin(): void
}

/** What a source does without, each with those before it: nothing, users' filters, groups, or all counting. */
export type Shed = 0 | 1 | 2 | 3

/** What counting cost since the source was opened. */
export interface Load {
  /** Packets that came, counted or not; super-packets are one. */
  readonly packets: number
  /** Time of a CPU that our programs took for them, in nanoseconds: an estimate where the kernel counts. */
  readonly nanoseconds: number
  /** Whether there are users' filters and groups, shed or not. */
  readonly filters: boolean
  readonly groups: boolean
}

/** A source on a live interface, whose work can be made less. */
export interface LiveSource extends Source {
  load(): Load
  /** Does without these from the next packet on, or takes them up again; the traffic notices nothing. */
  shed(what: Shed): void
}
