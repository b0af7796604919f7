// SPDX-License-Identifier: Apache-2.0

import { NOTED_ENDED } from '../capture/pins/group-pins.ts'
import type { Notes } from '../capture/pins/notes.ts'
import { idOf } from './candidates.ts'
import type { Series } from './series.ts'

/** What a promotion and its rises are, to be gone on with by another process: times become ages. */
export interface Promoted {
  readonly series: readonly Series[]
  /** Last values of keys whose series ended, the latest last. */
  readonly ended: readonly (readonly [id: string, sums: readonly bigint[]])[]
  readonly counts: PromotionCounts
  readonly risen: readonly bigint[]
}

/** What became of keys so far. */
export interface PromotionCounts {
  promotions: number
  newKeys: number
  demotions: number
}

interface NotedSeries extends Pick<Series, 'phase' | 'slot' | 'absent'> {
  readonly key: readonly string[]
  readonly kept: readonly string[]
  readonly base: readonly string[]
  /** Milliseconds that it had been shown, and draining. */
  readonly shown: number
  readonly drained: number
}

interface Noted {
  readonly series: readonly NotedSeries[]
  readonly ended: readonly (readonly [id: string, sums: readonly string[]])[]
  readonly counts: PromotionCounts
  readonly risen: readonly string[]
}

/** Writes down how a group stands at `now`, monotonic milliseconds. */
export function notePromoted(notes: Notes, promoted: Promoted, now: number): void {
  const series = promoted.series.map(({ id: _, demotedAt: __, ...each }) => ({
    ...each,
    /* only what waits for its time has an age: the rest would change what is noted for nothing */
    shown: each.phase === 'promoting' ? Math.round(now - each.shown) : 0,
    drained: each.phase === 'draining' ? Math.round(now - each.drained) : 0,
  }))
  notes.write('series', { ...promoted, series, ended: promoted.ended.slice(-NOTED_ENDED) })
}

/** Reads how a group stood when it was written down last; undefined when it never was. */
export function readPromoted(notes: Notes, now: number): Promoted | undefined {
  const noted = notes.read('series') as Noted | undefined
  if (!noted) return undefined
  const numbers = (texts: readonly string[]): bigint[] => texts.map(BigInt)
  return {
    series: noted.series.map((each): Series => {
      const key = numbers(each.key)
      const times = { shown: now - each.shown, drained: now - each.drained, demotedAt: 0 }
      const sums = { kept: numbers(each.kept), base: numbers(each.base) }
      return { ...each, slot: each.slot, ...sums, ...times, id: idOf(key), key }
    }),
    ended: noted.ended.map(([id, sums]) => [id, numbers(sums)]),
    counts: noted.counts,
    risen: numbers(noted.risen),
  }
}
