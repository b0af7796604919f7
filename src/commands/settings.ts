// SPDX-License-Identifier: Apache-2.0
import { objections } from '../monitor/options.ts'
import { loadCatalog } from '../native/binding.ts'
import { windowPeriods } from '../settings/capture.ts'
import { readSettingsFile } from '../settings/file.ts'
import type { Flags } from '../settings/flag-layer.ts'
import type { Known } from '../settings/known.ts'
import { pluginPaths, type Resolved, resolveSettings } from '../settings/load.ts'
import { isEnabled } from '../settings/statistics.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'
import { tunedStatistics } from '../statistics/defined.ts'
import { loadPlugins } from '../statistics/plugins.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { expressionMistake } from '../statistics/user-statistic.ts'
import type { Io } from './command.ts'

/** Resolves the settings of a command line; throws SETTINGS with every mistake. */
export async function settingsOf(
  options: { config?: string | undefined; flags: Flags },
  io: Pick<Io, 'env'>,
): Promise<Resolved> {
  const file = options.config === undefined ? undefined : await readSettingsFile(options.config)
  const input = { file, env: io.env, flags: options.flags }
  const taken = await loadBuiltinStatistics()
  const plugins = await loadPlugins(pluginPaths(input), { taken, catalog: loadCatalog })
  const given = [...taken, ...plugins.statistics]
  return resolveSettings({ ...input, known: knownOf(given, plugins.mistakes) })
}

function knownOf(given: readonly Statistic[], plugins: ReadonlyMap<string, string>): Known {
  return {
    statistics: given.map(({ name }) => name),
    plugins,
    expression: (text) => expressionMistake(text, loadCatalog()),
    thresholds(settings) {
      const enabled = tunedStatistics(given, settings, loadCatalog).filter(({ name }) =>
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
