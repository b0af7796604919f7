// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import { defaultLevel, type SpotOptions } from '../spot/options.ts'

/** The settings that thresholds follow from. */
export interface MonitorSpot {
  /** Events that the whole node may raise by chance in a day. */
  readonly false_alarms_per_day: number
  /** Probability of a false alarm a window and tail; null: follows from `false_alarms_per_day`. */
  readonly q: number | null
  readonly level: number | null
  readonly n_init: number | null
  readonly max_excess: number
  /** Seconds. */
  readonly max_event: number
  /** Windows. */
  readonly hold_off: number
}

const SECONDS_A_DAY = 86_400

/** Windows in a day. */
export function windowsPerDay(periodSeconds: number): number {
  return SECONDS_A_DAY / periodSeconds
}

/**
 * Turns settings into a detector's options for windows of one length; `tails` is how many the
 * whole node monitors. Throws SETTINGS when q leaves nothing to learn from.
 */
export function spotOptions(
  spot: MonitorSpot,
  node: { periodSeconds: number; tails: number },
): Omit<SpotOptions, 'tails'> {
  const nInit = spot.n_init ?? defaultInit(node.periodSeconds)
  const level = spot.level ?? defaultLevel(nInit)
  const shared = spot.false_alarms_per_day / (node.tails * windowsPerDay(node.periodSeconds))
  const q = spot.q ?? shared
  if (node.tails > 0 && !(q + level < 1)) {
    const origin =
      spot.q === null
        ? `spot.false_alarms_per_day: ${spot.false_alarms_per_day} over ${node.tails} tails makes q ${q}`
        : `spot.q: ${q}`
    throw new PktspotError(
      'SETTINGS',
      `${origin}, which must be below 1 - spot.level = ${1 - level}; allow fewer false alarms or lower the level`,
    )
  }
  return {
    q,
    level,
    nInit,
    maxExcess: spot.max_excess,
    maxEvent: Math.max(1, Math.round(spot.max_event / node.periodSeconds)),
    holdOff: spot.hold_off,
  }
}

/**
 * Values that calibrate a detector of windows this long: some 17 minutes of seconds, two hours of
 * minutes.
 */
function defaultInit(periodSeconds: number): number {
  if (periodSeconds < 10) return 1000
  return periodSeconds < 60 ? 200 : 120
}
