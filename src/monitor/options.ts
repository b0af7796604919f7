// SPDX-License-Identifier: Apache-2.0
import type { Objection } from '../settings/known.ts'
import type { SpotKnobs } from '../settings/spot.ts'
import { defaultLevel, type SpotOptions } from '../spot/options.ts'
import type { Statistic } from '../statistics/statistic.ts'

/** The settings that thresholds follow from; which tails are monitored the statistics know. */
export type MonitorSpot = Omit<SpotKnobs, 'up' | 'down'>

/** What the whole node monitors. */
export interface Node {
  /** Length of a window. */
  readonly periodSeconds: number
  /** Sources that share the node's false alarms. */
  readonly sources: number
  /** Tails of one source and length. */
  readonly tails: number
  /** Lengths of window that share the node's false alarms. */
  readonly lengths: number
}

const SECONDS_A_DAY = 86_400

/** Windows in a day. */
export function windowsPerDay(periodSeconds: number): number {
  return SECONDS_A_DAY / periodSeconds
}

/** Turns settings into the options of one statistic's detector. */
export function spotOptions(statistic: Statistic, spot: MonitorSpot, node: Node): SpotOptions {
  const knobs = { ...spot, ...statistic.spot }
  const nInit = knobs.n_init ?? defaultInit(node.periodSeconds)
  return {
    tails: statistic.tails,
    q: target(statistic, spot, node).q,
    level: knobs.level ?? defaultLevel(nInit),
    nInit,
    maxExcess: knobs.max_excess,
    maxEvent: Math.max(1, Math.round(knobs.max_event / node.periodSeconds)),
    holdOff: knobs.hold_off,
    depth: knobs.depth,
    ...statistic.range,
  }
}

/** Finds statistics whose q leaves nothing to learn from. */
export function objections(
  statistics: readonly Statistic[],
  spot: MonitorSpot,
  node: Node,
): readonly Objection[] {
  return statistics
    .filter(({ tails }) => tails.length > 0)
    .flatMap((statistic) => {
      const { q, level } = spotOptions(statistic, spot, node)
      if (q + level < 1) return []
      const { knob, reason } = target(statistic, spot, node)
      const most = Number((1 - level).toPrecision(12))
      const message = `${reason}, which must be below 1 - level = ${most}; allow fewer false alarms or lower the level`
      return [{ statistic: statistic.name, knobs: [knob, 'level', 'n_init'] as const, message }]
    })
}

/** Finds the q that a statistic is to have, and which knob it follows from; its own ones come first. */
function target(
  { spot: own = {}, tails }: Statistic,
  spot: MonitorSpot,
  node: Node,
): { q: number; knob: 'q' | 'false_alarms_per_day'; reason: string } {
  const alone = own.false_alarms_per_day
  const inherited = own.q === undefined && alone === undefined ? spot.q : null
  const q = own.q ?? inherited
  if (q !== null) return { q, knob: 'q', reason: `q is ${q}` }
  const alarms = alone ?? spot.false_alarms_per_day
  const shared = (alone === undefined ? node.tails : tails.length) * node.sources * node.lengths
  const share = alarms / (shared * windowsPerDay(node.periodSeconds))
  const reason = `${alarms} false alarms a day over ${shared} tails make q ${share}`
  return { q: share, knob: 'false_alarms_per_day', reason }
}

/**
 * Values that calibrate a detector of windows this long: some 17 minutes of seconds, two hours of
 * minutes.
 */
function defaultInit(periodSeconds: number): number {
  if (periodSeconds < 10) return 1000
  return periodSeconds < 60 ? 200 : 120
}
