// SPDX-License-Identifier: Apache-2.0
import { Catalog, type Counter, type Kind, type Layer } from '../../src/counters/catalog.ts'
import type { Reading } from '../../src/counters/reading.ts'
import { windowBetween } from '../../src/counters/window.ts'
import type { Report } from '../../src/exporters/exporter.ts'
import type { Observed } from '../../src/exporters/observed.ts'
import type { Sample } from '../../src/monitor/sample.ts'
import type { DetectorStatus, Judgement, TailStatus } from '../../src/spot/detector.ts'
import { ratio, type Statistic, statistic } from '../../src/statistics/statistic.ts'

function counter(
  name: string,
  kind: Kind,
  metric: string,
  index: number,
  more: Partial<Counter> = {},
): Counter {
  const layer: Layer = kind === 'clock' ? 'CLOCK' : 'PKT'
  const help = `What ${name} counts`
  const base = { name, kind, metric, index, help, unit: 'packets', bounds: [] }
  return { ...base, layer, layers: [layer], ...more }
}

/** A small catalog with every kind of counter; slots 0, 1, 2 and 3 to 5 are the sums and the histogram. */
export const catalog = new Catalog([
  counter('PKTS', 'sum', 'packets', 0, { help: 'Frames' }),
  counter('BYTES', 'sum', 'bytes', 1, { help: 'Bytes of frames, without the FCS', unit: 'bytes' }),
  counter('SYN', 'sum', 'syn_packets', 2, { help: 'TCP segments with SYN set', layer: 'TCP' }),
  counter('SIZES', 'histogram', 'packet_size_bytes', 3, { bounds: [64, 1518], unit: 'bytes' }),
  counter('NB_UNIQ_SRC_ADDR', 'distinct', 'unique_source_addresses', 0, { unit: 'addresses' }),
  counter('SOURCE_TIME', 'clock', 'source_time_seconds', 0, { unit: 'nanoseconds' }),
])

/** A reading of the catalog above. */
export function reading(parts: {
  slots?: readonly bigint[]
  distinct?: number
  nanoseconds?: bigint
  lost?: bigint
}): Reading {
  return {
    slots: BigUint64Array.from(parts.slots ?? [0n, 0n, 0n, 0n, 0n, 0n]),
    distinct: Float64Array.of(parts.distinct ?? 0),
    clocks: BigUint64Array.of(parts.nanoseconds ?? 0n),
    lost: parts.lost ?? 0n,
  }
}

export const ZERO = reading({})

/** Beyond 2^53, where a double would round. */
export const HUGE = 9_007_199_254_740_993n

export const BUSY = reading({
  slots: [12n, HUGE, 3n, 5n, 6n, 1n],
  distinct: 7.2,
  nanoseconds: 1_700_000_000_123_456_789n,
  lost: 2n,
})

/** An interface that is counted. */
export function observed(name: string, more: Partial<Observed> = {}): Observed {
  return {
    name,
    mode: 'tcx',
    up: true,
    reattachments: 0,
    catalog,
    look: () => BUSY,
    ...more,
  }
}

export const R_SYN: Statistic = statistic({
  name: 'R_SYN',
  help: 'Share of packets that open a connection',
  unit: 'ratio',
  counters: ['SYN', 'PKTS'],
  tails: ['upper'],
  compute: ({ values: [syn, packets] }) => ratio(syn, packets),
})

export const SIZE: Statistic = statistic({
  name: 'AVG_PKT_SIZE',
  help: 'Mean length of a packet',
  unit: 'bytes',
  counters: ['BYTES', 'PKTS'],
  tails: ['lower', 'upper'],
  compute: ({ values: [bytes, packets] }) => ratio(bytes, packets),
})

export const PERF: Statistic = statistic({
  name: 'PERF',
  help: 'Packets a second of processing time',
  unit: 'packets per second',
  counters: ['PKTS'],
  tails: [],
  compute: ({ values: [packets], seconds }) => packets / seconds,
})

export const statistics = [R_SYN, SIZE, PERF]

export function tail(name: 'lower' | 'upper', more: Partial<TailStatus> = {}): TailStatus {
  return {
    tail: name,
    state: 'calibrated',
    threshold: 99,
    excessThreshold: 0.5,
    falseAlarmRatio: 0.0001,
    targetRatio: 0.00001,
    level: 0.98,
    stored: 30,
    fit: { gamma: 0, sigma: 0.1, share: 0.02 },
    calibration: 1,
    anomalies: 4,
    events: 2,
    excesses: 40,
    eventOpen: false,
    ...more,
  }
}

export function sample(
  of: Statistic,
  value: number,
  judgement?: Judgement,
  tails?: readonly TailStatus[],
): Sample {
  const status: DetectorStatus | undefined = tails && { values: 1000, recalibrations: 1, tails }
  const recent = { recentMax: value + 0.25, recentMin: value - 0.25 }
  return { statistic: of, value, judgement, status, windows: 1000, failures: 0, ...recent }
}

export const ANOMALY: Judgement = {
  verdict: 'anomaly',
  tail: 'upper',
  probability: 0.00001,
  lower: Number.NaN,
  upper: 0.875,
  opens: true,
}

export const LEARNING: Judgement = {
  verdict: 'learning',
  probability: Number.NaN,
  lower: Number.NaN,
  upper: Number.NaN,
  opens: false,
}

export const START = new Date('2023-11-14T22:13:20Z')

/** A report with an anomaly, a statistic that learns and one that is never judged. */
export function report(source: string, more: Partial<Report> = {}): Report {
  return {
    source,
    window: windowBetween(catalog, ZERO, BUSY, { start: START, seconds: 1 }),
    samples: [
      sample(R_SYN, 0.9, ANOMALY, [tail('upper', { eventOpen: true })]),
      sample(SIZE, Number.NaN, LEARNING, [
        tail('lower', { state: 'degenerate', excessThreshold: Number.NaN, calibration: 0.5 }),
        tail('upper', { state: 'learning', calibration: 0.25, falseAlarmRatio: 0.001 }),
      ]),
      sample(PERF, 1234.5),
    ],
    ...more,
  }
}
