// SPDX-License-Identifier: Apache-2.0
import type { Vartype } from './vartype.ts'

/** What a meter measures of each packet that its group counts. */
export type Measure =
  | { readonly of: 'frames' }
  | { readonly of: 'bytes' }
  /** Value of a key field (`ip.ttl`). */
  | { readonly of: 'field'; readonly field: string }
  /** Distinct values of a key field, estimated for each key. */
  | { readonly of: 'unique'; readonly field: string }
  /** Nothing: a plugin's `update(key, meter, value)` gives the values. */
  | { readonly of: 'update' }

/** One quantity of every key. */
export interface Meter {
  /** Position in the group, from 0. */
  readonly id: number
  readonly vartype: Vartype
  /** Keys of greatest and of smallest value that are listed; 0: counted, not listed. */
  readonly topN: number
  readonly bottomN: number
  readonly name: string
  readonly description: string
  /** As its author wrote it: `B`, `bps`, `Pkts`… */
  readonly units: string
  readonly measure: Measure
}

/** How a packet gives its key. */
export interface Key {
  /** Names of the fields, in the order of the key's text; empty with rules. */
  readonly fields: readonly string[]
  /** Bits of addresses that are kept. */
  readonly prefix: { readonly ipv4: number; readonly ipv6: number }
  /** Upper bounds of ranges of the only field, rising; a last range without end follows. */
  readonly ranges?: readonly number[]
  /** Names for values of the only field: the first set that has the value gives the key. */
  readonly keysets?: ReadonlyMap<string, readonly (number | readonly [from: number, to: number])[]>
  /** Filters in pcap-filter's language: the first that matches gives the key. */
  readonly rules?: readonly { readonly if: string; readonly key: string }[]
}

/** Bounds of what a group may take up. */
export interface Limits {
  /** Candidates tracked on each CPU. */
  readonly tracked: number
  /** Most series that a meter has at a time, other and total not counted. */
  readonly maxSeries: number
  /** Seconds that a series is shown before it counts and after it has ended. */
  readonly hold: number
  /** Buckets that a key may be absent from the top before it is let go. */
  readonly linger: number
}

/** A counter group: what it is called, how packets give keys, and what is measured of each key. */
export interface Group {
  /** `{8-4-4-4-12}` in upper case. */
  readonly guid: string
  readonly name: string
  readonly description: string
  readonly bucketSeconds: number
  /** GUID, in upper case, of the group whose resolver turns keys into labels. */
  readonly resolverGuid?: string
  /** Frames that are counted; received ones alone unless given. */
  readonly direction?: 'transmit' | 'both'
  /** Layer that packets must have: `TCP`, `IPv4`… as in `list counters`. */
  readonly layer?: string
  /** In pcap-filter's language. */
  readonly filter?: string
  readonly key: Key
  /** All keys there are, in the text that `keyText` gives: every one has a series from the start. */
  readonly closed?: readonly string[]
  readonly meters: readonly Meter[]
  /** Labels of keys, by the key's text. */
  readonly keyinfo: ReadonlyMap<string, string>
  readonly limits: Limits
}
