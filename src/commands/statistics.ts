// SPDX-License-Identifier: Apache-2.0
import type { Settings } from '../settings/settings.ts'
import { definedStatistics } from '../statistics/defined.ts'
import { pickStatistics, selectStatistics } from '../statistics/select.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { pluginsOf } from './plugins.ts'
import { catalogWith } from './run-filters.ts'

/** Gives the statistics to compute: those that `--stats` names, otherwise those that settings enable. */
export async function chosenStatistics(
  settings: Settings,
  names: readonly string[] | undefined,
): Promise<readonly Statistic[]> {
  const plugins = await pluginsOf(settings)
  const catalog = catalogWith(plugins.catalog, settings.counters)
  const all = await definedStatistics(settings, { ...plugins, catalog })
  return names ? pickStatistics(all, names) : selectStatistics(all, settings.statistics)
}
