// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import { nearest } from '../settings/suggest.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'

/** Refuses names given by `--stats` that are no statistic's; throws USAGE. */
export async function checkStatistics(named: readonly string[] | undefined): Promise<void> {
  if (!named) return
  const known = (await loadBuiltinStatistics()).map((statistic) => statistic.name)
  for (const name of named) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const advice = near === undefined ? '' : `; did you mean ${near}?`
    throw new PktspotError(
      'USAGE',
      `--stats: no statistic is named ${JSON.stringify(name)}${advice}; see pktspot list statistics`,
    )
  }
}
