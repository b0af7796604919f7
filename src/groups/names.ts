// SPDX-License-Identifier: Apache-2.0
import type { Group, Meter } from './group.ts'

/** One family of metrics that a meter gives. */
export interface MeterFamily {
  /** Without the `_total` of a counter. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'summary'
  /** What its value is: the cumulative sum, or of a bucket's samples. A summary has `_sum` and `_count`. */
  readonly value: 'sum' | 'value' | 'min' | 'max' | 'average'
}

/** What a meter is called in metrics. */
export interface GroupMetric {
  readonly families: readonly MeterFamily[]
  /** Name of the family over all keys, without `_total`; undefined of gauges, which do not add up. */
  readonly all: string | undefined
  /** Unit in metrics: `bytes`, `seconds`…; empty: none. */
  readonly unit: string
  /** Factor from what is counted to the unit: 8 from bytes to bits. */
  readonly scale: number
}

const UNITS: Readonly<Record<string, string>> = {
  b: 'bytes',
  byte: 'bytes',
  bytes: 'bytes',
  bit: 'bits',
  bits: 'bits',
  pkt: 'packets',
  pkts: 'packets',
  packet: 'packets',
  packets: 'packets',
  pps: 'packets',
  ms: 'seconds',
  us: 'seconds',
  s: 'seconds',
  seconds: 'seconds',
}

/** What a meter is of when it names no field; undefined when its units do not tell. */
export function unitMeasure(units: string): 'frames' | 'bytes' | undefined {
  const unit = baseUnit(units)
  if (unit === 'bytes' || unit === 'bits') return 'bytes'
  return unit === 'packets' ? 'frames' : undefined
}

/** Names a meter's metrics, and says how they are scaled. */
export function groupMetric(group: Group, meter: Meter): GroupMetric {
  const unit = baseUnit(meter.units)
  const name = sanitised(meter.name)
  const suffix = unit === '' || name === unit || name.endsWith(`_${unit}`) ? '' : `_${unit}`
  const base = `pktspot_${sanitised(group.name)}_${name}${suffix}`
  const families = familiesOf(meter, base)
  const adds = families.some(({ type }) => type !== 'gauge')
  return { families, all: adds ? `${base}_all` : undefined, unit, scale: scaleOf(meter, unit) }
}

function familiesOf({ vartype }: Meter, name: string): readonly MeterFamily[] {
  switch (vartype) {
    case 'COUNTER':
    case 'RATE_COUNTER':
    case 'DELTA_RATE_COUNTER':
      return [{ name, type: 'counter', value: 'sum' }]
    case 'AVERAGE':
      return [{ name, type: 'summary', value: 'average' }]
    case 'GAUGE_MIN_MAX_AVG':
      return [
        { name, type: 'gauge', value: 'value' },
        { name: `${name}_min`, type: 'gauge', value: 'min' },
        { name: `${name}_max`, type: 'gauge', value: 'max' },
        { name: `${name}_avg`, type: 'gauge', value: 'average' },
      ]
    case 'GAUGE':
    case 'RUNNING_COUNTER':
    case 'MAXIMUM':
    case 'MINIMUM':
      return [{ name, type: 'gauge', value: 'value' }]
  }
}

/** `b` and `bps` are bits, `B` and `Bps` bytes. */
function baseUnit(units: string): string {
  const written = units.trim()
  if (written === 'b' || written === 'bps') return 'bits'
  if (/^Bps$|^[bB]ytes\/s$/.test(written)) return 'bytes'
  const lower = written.toLowerCase()
  return Object.hasOwn(UNITS, lower) ? (UNITS[lower] ?? '') : sanitised(written)
}

function scaleOf({ units, measure }: Meter, unit: string): number {
  if (unit === 'bits' && measure.of === 'bytes') return 8
  if (units.trim() === 'ms') return 1e-3
  return units.trim() === 'us' ? 1e-6 : 1
}

/** Makes a part of a metric's name: lower case, anything but letters and digits is one `_`. */
export function sanitised(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
}
