// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import type { Window } from '../counters/window.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'

/** How packets reach the counters. */
export type Mode = 'tcx' | 'xdp' | 'xdp-generic' | 'packet-socket' | 'pcap-file'

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
   * the last one may be partial. A vanished interface or broken file throws a `CaptureError` (errors.ts) after the last window.
   */
  windows(seconds: number, signal: AbortSignal): AsyncIterable<Window>
  /**
   * Counts a group from now on, until it or the source is closed; at most 16 at a time. Where memory is short fewer
   * candidates are tracked: `spec` of the table says how many. Throws a `CaptureError`: GROUP_LIMIT, MEMORY_BUDGET, BPF_LOAD.
   */
  openGroup(spec: GroupSpec): GroupTable
}
