// SPDX-License-Identifier: Apache-2.0
import { type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  DataPointType,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics'
import type { Protocol } from './receiver.ts'
import type { Settled } from './streams.ts'
import { type Buckets, isBuckets } from './value.ts'

/** Writes what was settled as the SDK's exporters take it. */
export function metricData(
  { metric, delta, points }: Settled,
  now: Date,
  protocol: Protocol,
): MetricData {
  const wire = protocol === 'http/json' ? jsonNumber : Number
  const common = {
    descriptor: {
      name: metric.name,
      description: metric.help,
      unit: metric.unit,
      valueType: isWhole(metric, points) ? ValueType.INT : ValueType.DOUBLE,
    },
    aggregationTemporality: delta
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE,
  }
  /* a clock that was set back: nothing ends before it began */
  const times = ({ since }: { since: Date }) => ({
    startTime: hrTime(since < now ? since : now),
    endTime: hrTime(now),
  })
  if (metric.type === 'histogram') {
    const dataPoints = points.flatMap(({ attributes, value, ...each }) =>
      isBuckets(value) ? [{ attributes, ...times(each), value: histogram(value, wire) }] : [],
    )
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints }
  }
  const dataPoints = points.flatMap(({ attributes, value, ...each }) =>
    isBuckets(value) ? [] : [{ attributes, ...times(each), value: wire(value) }],
  )
  return metric.type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints }
}

/** Whether a metric's values are integers: counts are, times are not even when they happen to be. */
function isWhole({ type, unit }: Settled['metric'], points: Settled['points']): boolean {
  const whole = points.every(({ value }) => typeof value === 'bigint' || Number.isInteger(value))
  return type === 'counter' && unit !== 's' && whole
}

function histogram({ bounds, counts, sum }: Buckets, wire: (value: bigint) => number): Histogram {
  const total = counts.reduce((before, count) => before + count, 0n)
  return {
    buckets: { boundaries: [...bounds], counts: counts.map(wire) },
    count: wire(total),
    ...(!Number.isNaN(sum) && { sum }),
  }
}

function hrTime(at: Date): HrTime {
  const milliseconds = at.getTime()
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1_000_000]
}

/**
 * Gives a number as text, which is how proto3's JSON writes 64-bit integers and what is not finite.
 * The SDK passes it on to JSON.stringify, which would turn NaN to null and round large integers.
 */
function jsonNumber(value: number | bigint): number {
  const text = typeof value === 'bigint' || !Number.isFinite(value) ? String(value) : value
  return text as number
}
