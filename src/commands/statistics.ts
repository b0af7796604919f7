// SPDX-License-Identifier: Apache-2.0
import { DROPPED } from '../counters/dropped.ts'
import { readsTransmit } from '../counters/transmit.ts'
import type { Settings } from '../settings/settings.ts'
import { definedStatistics } from '../statistics/defined.ts'
import { pickStatistics, selectStatistics } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { pluginsOf } from './plugins.ts'
import { catalogWith } from './run-filters.ts'

/**
 * Gives the statistics to compute: those that `--stats` names, otherwise those that settings enable, of which those that
 * come with the program and read transmitted frames are left out where these are not counted; always without those that
 * read a counter that is lacking here.
 */
export async function chosenStatistics(
  settings: Settings,
  names: readonly string[] | undefined,
  { transmit = settings.transmit, lacking = [DROPPED.name] as readonly string[] } = {},
): Promise<readonly Statistic[]> {
  const plugins = await pluginsOf(settings)
  const catalog = catalogWith(plugins.catalog, settings.counters)
  const all = await definedStatistics(settings, { ...plugins, catalog })
  const chosen = names ? pickStatistics(all, names) : selectStatistics(all, settings.statistics)
  const own = new Set(settings.user_statistics.map(({ name }) => name))
  return chosen.filter(
    ({ name, counters }) =>
      !counters.some((counter) => lacking.includes(counter)) &&
      (names || transmit || own.has(name) || !readsTransmit(counters, catalog)),
  )
}
