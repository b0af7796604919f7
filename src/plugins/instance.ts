// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../errors.ts'
import type { Group } from '../groups/group.ts'
import { createUpdateGroup, type UpdateGroup } from '../groups/update-group.ts'
import { type PluginCounting, pluginCounting } from './counting.ts'
import type { PluginCounter, PluginGroup } from './define.ts'
import type { LoadedPlugins } from './load.ts'
import { importPlugin } from './modules.ts'
import { type Part, partOf } from './part.ts'
import type { PluginLayer } from './views.ts'

/** The counters and groups of all plugins at one source. */
export interface PluginInstance {
  /** In the order of the catalog. */
  readonly counters: readonly PluginCounting[]
  /** Groups with the tables that they are counted in. */
  readonly groups: readonly UpdateGroup[]
  /** Counters and groups, as they take packets in. */
  readonly parts: readonly Part[]
}

/**
 * Evaluates the plugins anew for a source, so that their counters share nothing with another's; throws SETTINGS when
 * one of them cannot be, as CommonJS modules cannot. `warn` is told when a counter or group is switched off.
 */
export async function pluginInstance(
  paths: readonly string[],
  loaded: Pick<LoadedPlugins, 'counters' | 'groups'>,
  { source, warn }: { readonly source: string; readonly warn: (line: string) => void },
): Promise<PluginInstance> {
  const counters = new Map<string, PluginCounting>()
  const groups: UpdateGroup[] = []
  const parts: Part[] = []
  if (loaded.counters.length + loaded.groups.length === 0) return { counters: [], groups, parts }
  const byGuid = new Map(loaded.groups.map((group) => [group.guid, group]))

  function addGroup(path: string, definition: PluginGroup, group: Group): void {
    const { update, ...fed } = createUpdateGroup(group)
    const layer: PluginLayer = definition.control.layer ?? 'PKT'
    const process = (view: never): void => definition.process(view, update)
    groups.push({ update, ...fed })
    parts.push(partOf({ path, kind: 'group', name: group.name, layer, process }, warn))
  }
  for (const path of paths) {
    const [first, own] = [await importPlugin(path), await importPlugin(path, source)]
    for (const [at, { kind, value, where }] of own.entries()) {
      if (kind === 'statistic') continue
      if (value === first[at]?.value) throw shared(path, where)
      if (kind === 'counter') {
        const counting = pluginCounting(value as PluginCounter, path, warn)
        counters.set(counting.part.name, counting)
        parts.push(counting.part)
      } else {
        const definition = value as PluginGroup
        const group = byGuid.get(definition.control.guid.toUpperCase())
        if (group) addGroup(path, definition, group)
      }
    }
  }
  const inOrder = loaded.counters.map(({ name }) => {
    const counting = counters.get(name)
    if (counting) return counting
    throw new PktspotError('SETTINGS', `plugins: counter ${name} is not there the second time`)
  })
  return { counters: inOrder, groups, parts }
}

function shared(path: string, where: string): PktspotError {
  return new PktspotError(
    'SETTINGS',
    `plugins: ${path}: ${where}: all interfaces would share one; make the plugin an ES module (.mjs) that defines it itself`,
  )
}
