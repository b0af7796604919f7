// SPDX-License-Identifier: Apache-2.0
import type { Load, Shed } from '../capture/source.ts'
import { createMeter, type Meter, type Rates } from './meter.ts'

/** A change of what one source does without. */
export interface Step {
  readonly name: string
  readonly from: Shed
  readonly to: Shed
  /** What the source cost before the step, or is expected to after one back, and all of them then: shares of a core. */
  readonly ratio: number
  readonly total: number
  readonly packetsPerSecond: number
}

/** Times in seconds. */
export interface GuardTimes {
  /** That costs are measured over, at most, and at least since the last step. */
  readonly mean: number
  readonly settle: number
  /** From a step to the first try to take it back, after one that failed twice the last, and at most. */
  readonly patience: number
  readonly patienceMost: number
  /** A step that follows a try within this time says that the try failed. */
  readonly relapse: number
}

export const GUARD_TIMES: GuardTimes = {
  mean: 5,
  settle: 3,
  patience: 10,
  patienceMost: 600,
  relapse: 300,
}

/** Share of the limit that all must be expected to stay below for a step back. */
const ROOM = 0.75

/** What is known of one source. */
interface Watched {
  readonly name: string
  readonly meter: Meter
  load: Load
  rates: Rates
  shed: Shed
  /** Nanoseconds a packet at each level, when last measured. */
  readonly costs: [number, number, number, number]
  patience: number
  /** Earliest time of a step back. */
  notBefore: number
  /** Time of the last step, and of the last one if it was back. */
  changed: number
  triedAt: number
}

/** Decides what sources do without, from what they cost. */
export interface Guard {
  /** Takes a reading of all sources, at a monotonic time in seconds; gives the step that is due, which is taken as done. */
  step(now: number, loads: ReadonlyMap<string, Load>): Step | undefined
}

/** Begins with nothing shed; `limit` is the share of a core that all sources together may take. */
export function createGuard(limit: number, times: GuardTimes = GUARD_TIMES): Guard {
  const all = new Map<string, Watched>()
  let settled = Number.NEGATIVE_INFINITY

  function take(now: number, loads: ReadonlyMap<string, Load>): void {
    for (const name of all.keys()) if (!loads.has(name)) all.delete(name)
    for (const [name, load] of loads) {
      const each = all.get(name) ?? watched(name, load, times)
      all.set(name, each)
      each.load = load
      each.rates = each.meter.add(now, load)
      const { ratio, packets } = each.rates
      if (ratio > 0 && packets > 0) each.costs[each.shed] = (ratio / packets) * 1e9
    }
  }
  function change(now: number, each: Watched, to: Shed, figures: Pick<Step, 'ratio' | 'total'>) {
    const step = { name: each.name, from: each.shed, to, packetsPerSecond: each.rates.packets }
    const isBack = to < each.shed
    if (!isBack && each.triedAt > Number.NEGATIVE_INFINITY) {
      const failed = now - each.triedAt < times.relapse
      each.patience = failed ? Math.min(2 * each.patience, times.patienceMost) : times.patience
    }
    each.triedAt = isBack ? now : Number.NEGATIVE_INFINITY
    each.notBefore = isBack ? now : now + each.patience
    each.changed = now
    each.shed = to
    settled = now
    for (const { meter } of all.values()) meter.restart()
    return { ...step, ...figures }
  }
  /** What a source would cost more, one step back. */
  function extra(each: Watched): number {
    const cost = each.costs[before(each)]
    return Math.max(0, (cost / 1e9) * each.rates.packets - each.rates.ratio)
  }

  return {
    step(now, loads) {
      take(now, loads)
      const sources = [...all.values()].filter(({ rates }) => rates.seconds >= times.settle)
      if (now - settled < times.settle) return undefined
      const total = sources.reduce((sum, { rates }) => sum + rates.ratio, 0)
      if (total > limit) {
        const [dearest] = sources
          .filter(({ shed }) => shed < 3)
          .toSorted((a, b) => b.rates.ratio - a.rates.ratio)
        if (!dearest) return undefined
        return change(now, dearest, after(dearest), { ratio: dearest.rates.ratio, total })
      }
      const [back] = sources
        .filter(({ shed, notBefore }) => shed > 0 && now >= notBefore)
        .filter((each) => {
          const waited = now - each.changed >= times.patienceMost
          return waited || total + extra(each) <= ROOM * limit
        })
        .toSorted((a, b) => extra(a) - extra(b))
      if (!back) return undefined
      const more = extra(back)
      const figures = { ratio: back.rates.ratio + more, total: total + more }
      return change(now, back, before(back), figures)
    },
  }
}

function watched(name: string, load: Load, times: GuardTimes): Watched {
  const never = Number.NEGATIVE_INFINITY
  return {
    name,
    meter: createMeter(times.mean),
    load,
    rates: { seconds: 0, ratio: 0, packets: 0 },
    shed: 0,
    costs: [0, 0, 0, 0],
    patience: times.patience,
    notBefore: never,
    changed: never,
    triedAt: never,
  }
}

/** The next step: what is not there need not be shed. */
function after({ shed, load }: Watched): Shed {
  if (shed < 1 && load.filters) return 1
  if (shed < 2 && load.groups) return 2
  return 3
}

/** The step back, likewise. */
function before({ shed, load }: Watched): Shed {
  if (shed > 2 && load.groups) return 2
  if (shed > 1 && load.filters) return 1
  return 0
}
