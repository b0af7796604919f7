// SPDX-License-Identifier: Apache-2.0
import type { Temporality } from './environment.ts'
import type { Measured, Point } from './measured.ts'
import { fallen, minus, type Value } from './value.ts'

/** One metric with what its series say of the time since. */
export interface Settled {
  readonly metric: Measured
  /** Whether values are what came since, not totals. */
  readonly delta: boolean
  readonly points: readonly (Point & { readonly since: Date })[]
}

/** What is to be sent, as of one moment. */
export interface Settling {
  readonly settled: readonly Settled[]
  /** To be called when it has arrived: later deltas count from that moment. */
  arrived(): void
}

/** Knows since when every series counts, and how much of it has arrived. */
export interface Streams {
  /** Begins a moment; what was measured then is settled in one piece or in several. */
  at(now: Date): (measured: readonly Measured[]) => Settling
}

interface Known {
  readonly since: Date
  readonly value: Value
  /** Number of the moment that saw it last. */
  readonly turn: number
  /** What has arrived of it. */
  readonly base: { readonly value: Value; readonly at: Date } | undefined
}

/** Moments that a series may be absent from before it is forgotten. */
const ABSENT = 10

/** Begins with nothing sent; `start` is when counting began. */
export function createStreams(start: Date, temporality: Temporality): Streams {
  const known = new Map<string, Known>()
  let turn = 0
  let previous = start
  let current = start

  /* what was not there before, or has fallen since, began anew after the moment before */
  const follow = (key: string, { value, began }: Point): Known => {
    const before = known.get(key)
    const sameBegin = began === undefined || began.getTime() === before?.since.getTime()
    const goesOn = before !== undefined && sameBegin && !fallen(value, before.value)
    const since = goesOn ? before.since : (began ?? previous)
    const now = { since, value, turn, base: goesOn ? before.base : undefined }
    known.set(key, now)
    return now
  }

  const settle = (metric: Measured, seen: string[]): Settled => {
    if (metric.type === 'gauge') {
      const points = metric.points.map((each) => ({ ...each, since: start }))
      return { metric, delta: false, points }
    }
    const delta =
      temporality === 'delta' || (temporality === 'lowmemory' && metric.type === 'histogram')
    const points = metric.points.filter(isCount).map((point) => {
      const { attributes, value } = point
      const key = `${metric.name} ${JSON.stringify(attributes)}`
      const { since, base } = follow(key, point)
      if (!delta) return { attributes, since, value }
      seen.push(key)
      if (!base) return { attributes, since, value }
      return { attributes, since: base.at, value: minus(value, base.value) }
    })
    return { metric, delta, points }
  }

  const arrive = (keys: readonly string[], mine: number, at: Date): void => {
    for (const key of keys) {
      const each = known.get(key)
      if (each?.turn === mine) known.set(key, { ...each, base: { value: each.value, at } })
    }
  }

  return {
    at(now) {
      for (const [key, each] of known) if (each.turn <= turn - ABSENT) known.delete(key)
      turn++
      previous = current
      current = now
      const mine = turn
      return (measured) => {
        const seen: string[] = []
        const settled = measured.map((each) => settle(each, seen))
        return { settled, arrived: () => arrive(seen, mine, now) }
      }
    },
  }
}

/* a total that is not known is not told */
function isCount({ value }: Point): boolean {
  return typeof value !== 'number' || Number.isFinite(value)
}
