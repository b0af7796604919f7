// SPDX-License-Identifier: Apache-2.0
import type { Block } from './prometheus/family.ts'

/** How reading the settings fares. */
export interface ReloadStanding {
  /** Whether the last reading was put in force, that of the start included. */
  readonly successful: boolean
  /** When settings were last put in force. */
  readonly lastSuccess: Date
}

/** The families of a standing. */
export const RELOAD_BLOCKS: readonly Block<ReloadStanding>[] = [
  block(
    'successful',
    'Whether the last reading of the settings was put in force; otherwise those before it still are',
    ({ successful }) => Number(successful),
  ),
  block(
    'success_timestamp_seconds',
    'Unix time at which settings were last put in force',
    ({ lastSuccess }) => lastSuccess.getTime() / 1000,
  ),
]

function block(
  name: string,
  help: string,
  value: (standing: ReloadStanding) => number,
): Block<ReloadStanding> {
  const family = {
    name: `pktspot_config_last_reload_${name}`,
    type: 'gauge',
    help,
    labels: [],
  } as const
  return { family, series: [{ labels: {}, value }] }
}
