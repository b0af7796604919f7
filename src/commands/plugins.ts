// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import { loadBuiltinGroups } from '../groups/builtin.ts'
import { loadCatalog } from '../native/binding.ts'
import { type LoadedPlugins, loadPlugins } from '../plugins/load.ts'
import type { Settings } from '../settings/settings.ts'
import { loadBuiltinStatistics } from '../statistics/builtin.ts'

/** Imports plugins by their paths, beside all that is built in. */
export async function pluginsAt(paths: readonly string[]): Promise<LoadedPlugins> {
  return loadPlugins(paths, {
    catalog: loadCatalog(),
    statistics: await loadBuiltinStatistics(),
    groups: await loadBuiltinGroups(),
  })
}

/** Loads the plugins of the settings; throws SETTINGS on the first that is wrong. */
export async function pluginsOf(settings: Pick<Settings, 'plugins'>): Promise<LoadedPlugins> {
  const plugins = await pluginsAt(settings.plugins)
  const [mistake] = plugins.mistakes.values()
  if (mistake !== undefined) throw new PktspotError('SETTINGS', `plugins: ${mistake}`)
  return plugins
}
