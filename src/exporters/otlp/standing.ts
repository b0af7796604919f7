// SPDX-License-Identifier: Apache-2.0
import type { Block, Family } from '../prometheus/family.ts'

/** How pushing fares. */
export interface OtlpStanding {
  /** Exports tried, failed ones among them. */
  readonly exports: number
  readonly failures: number
  /** Exports left out, since the one before was still under way. */
  readonly skipped: number
  /** When an export last arrived. */
  readonly lastSuccess: Date | undefined
}

/** The families of a standing. */
export const OTLP_BLOCKS: readonly Block<OtlpStanding>[] = [
  block('exports', 'counter', 'Exports by OTLP that were tried', ({ exports }) => exports),
  block('failures', 'counter', 'Exports by OTLP that failed', ({ failures }) => failures),
  block(
    'skipped',
    'counter',
    'Exports by OTLP left out, since the one before was still under way',
    ({ skipped }) => skipped,
  ),
  block(
    'last_success_timestamp_seconds',
    'gauge',
    'Unix time at which an export by OTLP last arrived; NaN when none has',
    ({ lastSuccess }) => (lastSuccess?.getTime() ?? Number.NaN) / 1000,
  ),
]

function block(
  name: string,
  type: Family['type'],
  help: string,
  value: (standing: OtlpStanding) => number,
): Block<OtlpStanding> {
  const family = { name: `pktspot_otlp_${name}`, type, help, labels: [] }
  return { family, series: [{ labels: {}, value }] }
}
