// SPDX-License-Identifier: Apache-2.0
import type { Block, Labels, Series } from '../prometheus/family.ts'
import { type Attributes, nameOf } from './names.ts'
import type { Value } from './value.ts'

/** One series at this moment. */
export interface Point {
  readonly attributes: Attributes
  readonly value: Value
  /** When the total began, where it is known and was later than the program. */
  readonly began?: Date
}

/** One metric at this moment. */
export interface Measured {
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly points: readonly Point[]
}

/** Reads families off their subject, as the exposition does. */
export function measure<S>(blocks: readonly Block<S>[], subject: S): Measured[] {
  return blocks.map((block) => {
    const { family, series } = block
    const { name, unit, attributes } = nameOf(family)
    const type = typeOf(block)
    const points =
      type === 'histogram'
        ? histograms(series, subject, attributes)
        : series.map(({ labels, value, created }) => ({
            attributes: attributes(labels),
            value: numberOf(value(subject)),
            ...(created && { began: new Date(created(subject) * 1000) }),
          }))
    return { name, help: family.help, unit, type, points }
  })
}

/** Puts the series of metrics of one name together; leaves out those without any. */
export function merged(all: Iterable<Measured>): Measured[] {
  const byName = new Map<string, Measured & { points: Point[] }>()
  for (const each of all) {
    const before = byName.get(each.name)
    if (before) before.points.push(...each.points)
    else byName.set(each.name, { ...each, points: [...each.points] })
  }
  return [...byName.values()].filter(({ points }) => points.length > 0)
}

/* a summary's sum and count, without quantiles, are a histogram of one bucket */
function typeOf<S>({ family, series }: Block<S>): Measured['type'] {
  if (series.some(({ suffix }) => suffix)) return 'histogram'
  return family.type === 'counter' ? 'counter' : 'gauge'
}

/** Deals metrics out to batches of at most so many series; a metric may be in several. */
export function batches(all: readonly Measured[], most: number): Measured[][] {
  const dealt: Measured[][] = []
  let room = 0
  for (const metric of all) {
    for (let from = 0; from < metric.points.length; ) {
      if (room === 0) room = dealt.push([]) && most
      const points = metric.points.slice(from, from + room)
      dealt.at(-1)?.push({ ...metric, points })
      room -= points.length
      from += points.length
    }
  }
  return dealt
}

/** Gathers the series of each histogram, whose buckets are cumulative, rise, and stand before the count. */
function histograms<S>(
  series: readonly Series<S>[],
  subject: S,
  attributes: (labels: Labels) => Attributes,
): Point[] {
  const found = new Map<string, { labels: Labels; bounds: number[]; upTo: bigint[]; sum: number }>()
  for (const { suffix, labels, value } of series) {
    const { le, ...rest } = labels
    const key = JSON.stringify(rest)
    const histogram = found.get(key) ?? { labels: rest, bounds: [], upTo: [], sum: Number.NaN }
    found.set(key, histogram)
    if (suffix === '_sum') histogram.sum = Number(value(subject))
    const whole = suffix === '_count' && histogram.upTo.length === 0
    if (suffix === '_bucket' || whole) histogram.upTo.push(BigInt(value(subject)))
    if (suffix === '_bucket' && le !== '+Inf') histogram.bounds.push(Number(le))
  }
  return [...found.values()].map(({ labels, bounds, upTo, sum }) => ({
    attributes: attributes(labels),
    value: { bounds, sum, counts: upTo.map((count, at) => count - (upTo[at - 1] ?? 0n)) },
  }))
}

function numberOf(value: number | bigint | string): number | bigint {
  return typeof value === 'string' ? Number(value) : value
}
