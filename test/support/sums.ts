// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Source } from '../../src/capture/source.ts'
import { countsOf } from '../../src/counters/window.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { packageRoot } from './root.ts'
import { type Scrape, sample } from './scrape.ts'
import { DISTINCT_NAMES, type Truth } from './truth.ts'

/** Every running sum by counter name, and every size bucket by `SIZES 64` … `SIZES +Inf`. */
export type Sums = Readonly<Record<string, number>>

/** What the committed fixture all.pcap counts to when it is sent so many times. */
export function fixtureSums(times = 1): Sums {
  const file = join(packageRoot, 'test/fixtures/all.json')
  const { counters, histograms } = JSON.parse(readFileSync(file, 'utf8')) as Truth
  const { bounds, counts } = histograms.SIZES
  const sums = Object.entries(counters).filter(([name]) => !DISTINCT_NAMES.has(name))
  const sizes = counts.map((count, at) => [`SIZES ${bounds[at] ?? '+Inf'}`, count] as const)
  return Object.fromEntries([...sums, ...sizes].map(([name, count]) => [name, count * times]))
}

/** What a source has counted. */
export function sourceSums(source: Source): Sums {
  const reading = source.look()
  return Object.fromEntries(
    [...source.catalog].flatMap((counter): (readonly [string, number])[] => {
      const { name, kind, index, bounds } = counter
      const at = (slot: number): number => Number(countsOf(counter, reading)?.slots[slot])
      if (kind === 'sum') return [[name, at(index)]]
      if (kind !== 'histogram') return []
      return [...bounds, '+Inf'].map((le, bucket) => [`${name} ${le}`, at(index + bucket)])
    }),
  )
}

/** The same as /metrics shows it; a series that is not there is NaN. */
export function scrapedSums(scrape: Scrape, device: string): Sums {
  const labels = { interface: device }
  return Object.fromEntries(
    [...loadCatalog()].flatMap(({ name, kind, metric, bounds }): (readonly [string, number])[] => {
      const family = `pktspot_receive_${metric}`
      if (kind === 'sum') return [[name, sample(scrape, `${family}_total`, labels) ?? Number.NaN]]
      if (kind !== 'histogram') return []
      const upTo = [...bounds, '+Inf'].map((le) => ({
        le,
        count: sample(scrape, `${family}_bucket`, { ...labels, le: String(le) }) ?? Number.NaN,
      }))
      return upTo.map(({ le, count }, bucket) => [
        `${name} ${le}`,
        count - (upTo[bucket - 1]?.count ?? 0),
      ])
    }),
  )
}

/** Reads sums until so many packets are counted or three seconds have passed: softirqs and rings are a little late. */
export async function settled(read: () => Sums | Promise<Sums>, packets: number): Promise<Sums> {
  const end = Date.now() + 3000
  while (((await read())['PKTS'] ?? 0) < packets && Date.now() < end) await sleep(10)
  /* the last packet may be half counted, and one too many may follow */
  await sleep(30)
  return read()
}
