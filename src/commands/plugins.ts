// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { withDropped } from '../counters/dropped.ts'
import { PktspotError } from '../errors.ts'
import { loadBuiltinGroups } from '../groups/builtin.ts'
import { loadCatalog } from '../native/binding.ts'
import { type LoadedPlugins, loadPlugins } from '../plugins/load.ts'
import type { Settings } from '../settings/settings.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'

/** Every counter that comes with the program, whether it can be counted here or not. */
export function allCounters(): Catalog {
  return withDropped(loadCatalog())
}

/** Imports plugins by their paths, beside all that is built in; `catalog`: the counters of that. */
export async function pluginsAt(
  paths: readonly string[],
  catalog = allCounters(),
): Promise<LoadedPlugins> {
  return loadPlugins(paths, {
    catalog,
    statistics: await loadBuiltinStatistics(),
    groups: await loadBuiltinGroups(),
  })
}

/** Loads the plugins of the settings; throws SETTINGS on the first that is wrong. */
export async function pluginsOf(
  settings: Pick<Settings, 'plugins'>,
  catalog?: Catalog,
): Promise<LoadedPlugins> {
  const plugins = await pluginsAt(settings.plugins, catalog)
  const [mistake] = plugins.mistakes.values()
  if (mistake !== undefined) throw new PktspotError('SETTINGS', `plugins: ${mistake}`)
  return plugins
}
