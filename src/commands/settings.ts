// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises'
import { loadBuiltinGroups } from '../groups/builtin.ts'
import { groupObjections } from '../groups/check/groups.ts'
import type { Group } from '../groups/group.ts'
import { objections } from '../monitor/options.ts'
import type { LoadedPlugins } from '../plugins/load.ts'
import { windowPeriods } from '../settings/capture.ts'
import { readSettingsFile } from '../settings/file.ts'
import type { Flags } from '../settings/flag-layer.ts'
import type { Known } from '../settings/known.ts'
import { pluginPaths, type Resolved, resolveSettings } from '../settings/load.ts'
import { isEnabled } from '../settings/statistics.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'
import { tunedStatistics } from '../statistics/defined.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { expressionMistake } from '../statistics/user-statistic.ts'
import type { Io } from './command.ts'
import { type KnownFilters, knownFilters } from './known-filters.ts'
import { pluginsAt } from './plugins.ts'

/** Resolves the settings of a command line; throws SETTINGS with every mistake. */
export async function settingsOf(
  options: { config?: string | undefined; flags: Flags },
  io: Pick<Io, 'env'>,
): Promise<Resolved> {
  const file = options.config === undefined ? undefined : await readSettingsFile(options.config)
  const input = { file, env: io.env, flags: options.flags }
  const taken = await loadBuiltinStatistics()
  const plugins = await pluginsAt(pluginPaths(input))
  const given = [...taken, ...plugins.statistics]
  const groups = [...(await loadBuiltinGroups()), ...plugins.groups]
  /* a long file takes a while to read: a running program has other things to do in between */
  await turn()
  const filters = await knownFilters(input, plugins.catalog)
  await turn()
  return resolveSettings({ ...input, known: knownOf(given, plugins, { groups, filters }) })
}

function knownOf(
  given: readonly Statistic[],
  plugins: LoadedPlugins,
  { groups, filters }: { groups: readonly Group[]; filters: KnownFilters },
): Known {
  const { catalog, ...known } = filters
  return {
    statistics: given.map(({ name }) => name),
    plugins: plugins.mistakes,
    ...known,
    groups: (items) => groupObjections(items, groups),
    expression: (text) => expressionMistake(text, catalog),
    thresholds(settings) {
      const enabled = tunedStatistics(given, settings, () => catalog).filter(({ name }) =>
        isEnabled(settings.statistics, name),
      )
      const tails = enabled.reduce((sum, statistic) => sum + statistic.tails.length, 0)
      const periods = windowPeriods(settings)
      const found = periods.flatMap((periodSeconds) =>
        objections(enabled, settings.spot, {
          periodSeconds,
          sources: 1,
          lengths: periods.length,
          tails,
        }),
      )
      return found.filter(
        ({ statistic }, at) => found.findIndex((each) => each.statistic === statistic) === at,
      )
    },
  }
}
