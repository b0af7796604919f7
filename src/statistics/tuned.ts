// SPDX-License-Identifier: Apache-2.0
import type { SpotOverrides, SpotSettings } from '../settings/spot.ts'
import type { Statistic } from './statistic.ts'

type General = Pick<SpotSettings, 'up' | 'down' | 'per_statistic'>

/** Gives a statistic the tails and the detector's knobs that settings have for it. */
export function tuned(statistic: Statistic, spot: General): Statistic {
  const { name } = statistic
  const special = Object.hasOwn(spot.per_statistic, name) ? spot.per_statistic[name] : undefined
  const overrides: SpotOverrides = { ...statistic.spot, ...special }
  /* what is never judged by itself is judged only where that is asked for by its name */
  const general = statistic.tails.length > 0 ? spot : { up: null, down: null }
  const { up, down } = { up: general.up, down: general.down, ...overrides }
  const tails = [
    { tail: 'lower', wanted: down } as const,
    { tail: 'upper', wanted: up } as const,
  ].filter(({ tail, wanted }) => wanted ?? statistic.tails.includes(tail))
  return { ...statistic, tails: tails.map(({ tail }) => tail), spot: overrides }
}
