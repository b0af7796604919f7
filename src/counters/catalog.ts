// SPDX-License-Identifier: Apache-2.0

/** Network layer whose fields a counter may read. */
export type Layer =
  | 'PKT'
  | 'ARP'
  | 'IP'
  | 'IPv4'
  | 'IPv6'
  | 'ICMPv4'
  | 'ICMPv6'
  | 'TCP'
  | 'UDP'
  | 'CLOCK'

/** How a counter merges over CPUs and is cut into windows. */
export type Kind = 'sum' | 'histogram' | 'distinct' | 'clock'

/** One counter, as the native core declares it. */
export interface Counter {
  /** Name in statistics and `--totals`, upper case: `SYN`. */
  readonly name: string
  /** First layer that feeds it. */
  readonly layer: Layer
  /** All layers that feed it: both families' ICMP counters have two. */
  readonly layers: readonly Layer[]
  readonly kind: Kind
  /** Unit of one step: `packets`, `bytes`; of a distinct counter what is distinct; `nanoseconds` of a clock. */
  readonly unit: string
  /** What it counts, without a full stop. */
  readonly help: string
  /** Metric name without `pktspot_receive_` (and without `_total`): `syn_packets`, `unique_source_addresses`. */
  readonly metric: string
  /** Index into a reading: of the slots (sum, histogram), the distinct values or the clocks. */
  readonly index: number
  /** Upper bounds of a histogram's buckets, ascending, without +Inf; empty otherwise. */
  readonly bounds: readonly number[]
}

/** The counters a source offers, by name and in the core's order. */
export class Catalog implements Iterable<Counter> {
  readonly #byName: ReadonlyMap<string, Counter>

  constructor(counters: readonly Counter[]) {
    this.#byName = new Map(counters.map((counter) => [counter.name, counter]))
  }

  /** Finds a counter; undefined when no source counts it. */
  find(name: string): Counter | undefined {
    return this.#byName.get(name)
  }

  /** Names in the core's order. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  [Symbol.iterator](): Iterator<Counter> {
    return this.#byName.values()
  }
}
