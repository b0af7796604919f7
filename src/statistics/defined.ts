// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Settings } from '../settings/settings.ts'
import { loadBuiltinStatistics } from './builtin.ts'
import type { Statistic } from './statistic.ts'
import { tuned } from './tuned.ts'
import { userStatistic } from './user-statistic.ts'

/**
 * Gathers all statistics there are, as the settings have them: built-in ones, plugins', expressions over the catalog.
 * Throws SETTINGS on an expression that is wrong.
 */
export async function definedStatistics(
  settings: Pick<Settings, 'spot' | 'user_statistics'>,
  plugins: { readonly catalog: Catalog; readonly statistics: readonly Statistic[] },
): Promise<readonly Statistic[]> {
  const given = [...(await loadBuiltinStatistics()), ...plugins.statistics]
  return tunedStatistics(given, settings, () => plugins.catalog)
}

/** Adds the users' expressions to other statistics, and gives all of them what settings have for them. */
export function tunedStatistics(
  given: readonly Statistic[],
  settings: Pick<Settings, 'spot' | 'user_statistics'>,
  catalog: () => Catalog,
): readonly Statistic[] {
  const own = settings.user_statistics.map((each) => userStatistic(each, catalog()))
  return [...given, ...own].map((each) => tuned(each, settings.spot))
}
