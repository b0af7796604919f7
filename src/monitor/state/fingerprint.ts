// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import type { SpotOptions } from '../../spot/options.ts'
import type { Statistic } from '../../statistics/statistic.ts'
import type { MonitorSpot } from '../options.ts'

/**
 * Identifies what a statistic computes and how its detector is set: what was learned with another one is of no use. The
 * share of the node's false alarms that it happens to have is left out, so that a further interface or statistic changes
 * no other one's.
 */
export function fingerprint(statistic: Statistic, spot: MonitorSpot, options: SpotOptions): string {
  const { q, false_alarms_per_day } = { ...spot, ...statistic.spot }
  return digest(statistic, { ...options, q, false_alarms_per_day })
}

/** The same whatever q is: a detector that lives goes on with another one. */
export function likeness(statistic: Statistic, { q: _, ...options }: SpotOptions): string {
  return digest(statistic, options)
}

function digest({ counters, definition }: Statistic, configured: object): string {
  const knobs = Object.entries(configured).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([counters, definition ?? null, knobs]))
    .digest('hex')
    .slice(0, 32)
}
