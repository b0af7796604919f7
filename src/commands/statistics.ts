// SPDX-License-Identifier: Apache-2.0
import { DROPPED } from '../counters/dropped.ts'
import type { Settings } from '../settings/settings.ts'
import { definedStatistics } from '../statistics/defined.ts'
import { pickStatistics, selectStatistics } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { pluginsOf } from './plugins.ts'
import { catalogWith } from './run-filters.ts'

/**
 * Gives the statistics to compute: those that `--stats` names, otherwise those that settings enable; without those that
 * read what is not counted here.
 */
export async function chosenStatistics(
  settings: Settings,
  names: readonly string[] | undefined,
  lacking: readonly string[] = [DROPPED.name],
): Promise<readonly Statistic[]> {
  const plugins = await pluginsOf(settings)
  const catalog = catalogWith(plugins.catalog, settings.counters)
  const all = await definedStatistics(settings, { ...plugins, catalog })
  const chosen = names ? pickStatistics(all, names) : selectStatistics(all, settings.statistics)
  return chosen.filter(({ counters }) => !counters.some((name) => lacking.includes(name)))
}
