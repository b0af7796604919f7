// SPDX-License-Identifier: Apache-2.0
import { Catalog, type Counter, type Kind } from '../../src/counters/catalog.ts'
import { type Window, windowBetween } from '../../src/counters/window.ts'
import type { MonitorOptions } from '../../src/monitor/monitor.ts'
import type { MonitorSpot } from '../../src/monitor/options.ts'
import type { Sample } from '../../src/monitor/sample.ts'
import { ratio, statistic } from '../../src/statistics/statistic.ts'

export function counter(name: string, kind: Kind, index: number): Counter {
  const rest = { layers: [], unit: 'packets', help: '', metric: '', bounds: [] }
  return { name, layer: 'PKT', kind, index, ...rest }
}

export const catalog = new Catalog([counter('SYN', 'sum', 0), counter('IP', 'sum', 1)])

/** A window in which so many packets were counted, cut out of two readings. */
export function counted(
  syn: number,
  ip: number,
  at: { second?: number; gap?: { from: Date; to: Date } } = {},
): Window {
  const reading = (slots: bigint[]) => ({
    slots: BigUint64Array.from(slots),
    distinct: new Float64Array(),
    clocks: new BigUint64Array(),
    lost: 0n,
  })
  const start = new Date((at.second ?? 0) * 1000)
  return windowBetween(catalog, reading([5n, 7n]), reading([5n + BigInt(syn), 7n + BigInt(ip)]), {
    start,
    seconds: 1,
    ...(at.gap && { gap: at.gap }),
  })
}

export const R_SYN = statistic({
  name: 'R_SYN',
  help: '',
  unit: 'ratio',
  counters: ['SYN', 'IP'],
  tails: ['upper'],
  compute: ({ values: [syn, ip] }) => ratio(syn, ip),
})
export const TRAFFIC = statistic({
  name: 'TRAFFIC',
  help: '',
  unit: 'packets per second',
  counters: ['IP'],
  tails: ['lower', 'upper'],
  compute: ({ values: [ip], seconds }) => ip / seconds,
})
export const CHANGE = statistic({
  name: 'CHANGE',
  help: '',
  unit: 'packets',
  counters: ['IP'],
  tails: [],
  compute: ({ values: [ip], previous }) => (previous ? ip - previous[0] : Number.NaN),
})

export const SPOT: MonitorSpot = {
  false_alarms_per_day: 1,
  q: null,
  level: null,
  n_init: null,
  depth: 0,
  max_excess: 200,
  max_event: 3600,
  hold_off: 0,
}

export function options(more: Partial<MonitorOptions> = {}): MonitorOptions {
  const statistics = [R_SYN, TRAFFIC, CHANGE]
  return { statistics, catalog, spot: SPOT, periodSeconds: 1, sources: 1, lengths: 1, ...more }
}

export function sampleOf(samples: readonly Sample[], name: string): Sample {
  const found = samples.find((sample) => sample.statistic.name === name)
  if (!found) throw new Error(`no sample of ${name}`)
  return found
}

/** Traffic that varies without being random. */
export function busy(i: number): Window {
  return counted(10 + ((i * 7919) % 31), 100 + ((i * 104_729) % 97))
}
