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
      const mistake = counterMistake(counter, catalog)
      if (mistake === undefined) continue
      throw new PktspotError('SETTINGS', `statistic ${statistic.name}: ${mistake}`)
    }
  }
}

/** Tells why a name cannot stand for a counter's value; undefined when it can. */
export function counterMistake(name: string, catalog: Catalog): string | undefined {
  const counter = catalog.find(name)
  if (counter?.kind === 'histogram') return `${name} is a histogram, which has no single value`
  if (counter) return undefined
  return `no counter is named ${name}${meant(name, catalog.names())}; see pktspot list counters`
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
