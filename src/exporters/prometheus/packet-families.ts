// SPDX-License-Identifier: Apache-2.0
import type { Catalog, Counter } from '../../counters/catalog.ts'
import type { Reading } from '../../counters/reading.ts'
import { countsOf, isShed, type Window } from '../../counters/window.ts'
import type { Block, Family, Series } from './family.ts'

/** What one source counted: its live totals, and its last full window once there was one. */
export interface Look {
  readonly reading: Reading
  readonly window: Window | undefined
}

const LOST: Family = {
  name: 'pktspot_source_lost_packets',
  type: 'counter',
  help: 'Frames that the source admits it lost',
  labels: ['interface'],
}

export const TRANSMIT_LOST: Family = {
  name: 'pktspot_transmit_source_lost_packets',
  type: 'counter',
  help: 'Transmitted frames that the source admits it lost',
  labels: ['interface'],
}

/** Gives the families of every counter in the catalog, in its order, then that of the losses. */
export function packetBlocks(catalog: Catalog, name: string): Block<Look>[] {
  const counters = [...catalog]
  const blocks = counters.map((counter) => ({
    family: familyOf(counter),
    series: seriesOf(counter, name, catalog),
  }))
  const labels = { interface: name }
  const lost = { labels, value: ({ reading }: Look) => reading.lost }
  const alsoLost = { labels, value: ({ reading }: Look) => reading.transmit?.lost ?? Number.NaN }
  const transmits = counters.some(({ direction }) => direction === 'transmit')
  return [
    ...blocks,
    { family: LOST, series: [lost] },
    ...(transmits ? [{ family: TRANSMIT_LOST, series: [alsoLost] }] : []),
  ]
}

function familyOf({ kind, metric, help, direction }: Counter): Family {
  const name =
    direction === 'both' ? `pktspot_${metric}` : `pktspot_${direction ?? 'receive'}_${metric}`
  const labels = ['interface']
  switch (kind) {
    case 'sum':
      return { name, type: 'counter', help, labels }
    case 'histogram':
      return { name, type: 'histogram', help, labels }
    case 'distinct':
      return { name, type: 'gauge', help: `${help}, in the last full window`, labels }
    case 'clock':
      return { name, type: 'gauge', help, labels }
  }
}

function seriesOf(counter: Counter, name: string, catalog: Catalog): Series<Look>[] {
  const labels = { interface: name }
  const { index } = counter
  const of = (reading: Reading | undefined) => reading && countsOf(counter, reading)
  switch (counter.kind) {
    case 'sum':
      return [{ labels, value: ({ reading }) => of(reading)?.slots[index] ?? 0n }]
    case 'distinct':
      /* the last window may be from before a counter was there */
      return [{ labels, value: ({ window }) => distinctIn(window, counter) }]
    case 'clock':
      return [{ labels, value: ({ reading }) => secondsText(reading.clocks[index] ?? 0n) }]
    case 'histogram':
      return histogram(counter, name, catalog)
  }
}

function distinctIn(window: Window | undefined, counter: Counter): number {
  if (!window || isShed(counter, window)) return Number.NaN
  return countsOf(counter, window.counts)?.distinct[counter.index] ?? Number.NaN
}

/* the core keeps no sum beside the buckets: for frame sizes it is the total of bytes */
function histogram(counter: Counter, name: string, catalog: Catalog): Series<Look>[] {
  const { index, bounds } = counter
  const labels = { interface: name }
  const bytes = catalog.find(counter.direction === 'transmit' ? 'TRANSMIT_BYTES' : 'BYTES')
  const slotsOf = ({ reading }: Look) => countsOf(counter, reading)?.slots
  const upTo = (last: number) => (look: Look) => {
    const slots = slotsOf(look)
    let count = 0n
    for (let bucket = 0; bucket <= last; bucket++) count += slots?.[index + bucket] ?? 0n
    return count
  }
  const buckets = [...bounds.map(String), '+Inf'].map((le, bucket) => ({
    suffix: '_bucket' as const,
    labels: { ...labels, le },
    value: upTo(bucket),
  }))
  const sum = (look: Look) => (bytes && slotsOf(look)?.[bytes.index]) ?? Number.NaN
  return [
    ...buckets,
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: upTo(bounds.length) },
  ]
}

/** Writes nanoseconds as seconds without loss; no packet yet is NaN, not 1970. */
function secondsText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return 'NaN'
  const whole = nanoseconds / 1_000_000_000n
  return `${whole}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}`
}
