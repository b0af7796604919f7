// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { type ErrorCode, PktspotError } from '../errors.ts'
import { isEnabled, type StatisticsSettings } from '../settings/statistics.ts'
import { nearest } from '../settings/suggest.ts'
import type { Statistic } from './statistic.ts'

/**
 * Chooses by the settings' names and patterns; throws SETTINGS on a plain name that no statistic
 * has.
 */
export function selectStatistics(
  statistics: readonly Statistic[],
  settings: StatisticsSettings,
): readonly Statistic[] {
  const check = (setting: 'enabled' | 'disabled'): void => {
    const plain = settings[setting].filter((pattern) => !/[*?]/.test(pattern))
    for (const name of plain) find(statistics, name, 'SETTINGS', `statistics.${setting}`)
  }
  check('enabled')
  check('disabled')
  return statistics.filter(({ name }) => isEnabled(settings, name))
}

/**
 * Picks exactly the statistics that `--stats` names, in that order; throws USAGE on an unknown
 * name.
 */
export function pickStatistics(
  statistics: readonly Statistic[],
  names: readonly string[],
): readonly Statistic[] {
  return [...new Set(names)].map((name) => find(statistics, name, 'USAGE', '--stats'))
}

/** Throws SETTINGS when a statistic reads a counter that the source lacks. */
export function checkCounters(statistics: readonly Statistic[], catalog: Catalog): void {
  for (const statistic of statistics) {
    for (const counter of statistic.counters) {
      if (catalog.find(counter)) continue
      throw new PktspotError(
        'SETTINGS',
        `statistic ${statistic.name}: no counter is named ${counter}${meant(counter, catalog.names())}; see pktspot list counters`,
      )
    }
  }
}

function find(
  statistics: readonly Statistic[],
  name: string,
  code: ErrorCode,
  origin: string,
): Statistic {
  const found = statistics.find((statistic) => statistic.name === name)
  if (found) return found
  const known = statistics.map((statistic) => statistic.name)
  throw new PktspotError(
    code,
    `${origin}: no statistic is named ${name}${meant(name, known)}; see pktspot list statistics`,
  )
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? '' : `; did you mean ${near}?`
}
