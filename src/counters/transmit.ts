// SPDX-License-Identifier: Apache-2.0
import { Catalog, type Counter } from './catalog.ts'

/** What the names of counters of transmitted frames begin with. */
const PREFIX = 'TRANSMIT_'

/**
 * Has a catalog know a counter of transmitted frames for each of its own but the clocks, by the same index into
 * `Reading.transmit`.
 */
export function knowingTransmit(counters: readonly Counter[]): Catalog {
  const twins = counters
    .filter(({ kind }) => kind !== 'clock')
    .map(
      (counter): Counter => ({
        ...counter,
        name: `${PREFIX}${counter.name}`,
        direction: 'transmit',
        help: `${counter.help}, transmitted`,
      }),
    )
  return new Catalog(counters, twins)
}

/** Whether any of these counters is of transmitted frames. */
export function readsTransmit(names: readonly string[], catalog: Catalog): boolean {
  return names.some((name) => catalog.find(name)?.direction === 'transmit')
}
