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
  /** Set where it counts what leaves; its index is then into `Reading.transmit`. With `both` its metric names neither. */
  readonly direction?: 'transmit' | 'both'
  /** Unit of one step: `packets`, `bytes`; of a distinct counter what is distinct; `nanoseconds` of a clock. */
  readonly unit: string
  /** What it counts, without a full stop. */
  readonly help: string
  /** Metric name without `pktspot_receive_` or `pktspot_transmit_` (and without `_total`): `syn_packets`, `unique_source_addresses`. */
  readonly metric: string
  /** Index into a reading: of the slots (sum, histogram), the distinct values or the clocks. */
  readonly index: number
  /** Upper bounds of a histogram's buckets, ascending, without +Inf; empty otherwise. */
  readonly bounds: readonly number[]
  /** There and true when a filter of the users says what it counts. */
  readonly filtered?: true
}

/**
 * The counters a source offers, by name and in the core's order. It may know others that a source of another kind
 * offers: they can be found, and are worth NaN.
 */
export class Catalog implements Iterable<Counter> {
  readonly #counters: readonly Counter[]
  readonly #others: readonly Counter[]
  readonly #byName: ReadonlyMap<string, Counter>

  constructor(counters: readonly Counter[], others: readonly Counter[] = []) {
    this.#counters = counters
    this.#others = others
    this.#byName = new Map([...counters, ...others].map((counter) => [counter.name, counter]))
  }

  /** Finds a counter; undefined when no source counts it. */
  find(name: string): Counter | undefined {
    return this.#byName.get(name)
  }

  /** Names that can be found, in the core's order. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  /** The same with further counters behind. */
  with(counters: readonly Counter[]): Catalog {
    return new Catalog([...this.#counters, ...counters], this.#others)
  }

  /** The catalog of a source that offers all it knows. */
  whole(): Catalog {
    return new Catalog([...this.#counters, ...this.#others])
  }

  [Symbol.iterator](): Iterator<Counter> {
    return this.#counters.values()
  }
}
