// SPDX-License-Identifier: Apache-2.0
import { type AddedCounter, withSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Group } from '../groups/group.ts'
import { shown } from '../settings/layer.ts'
import { fromPlugin, type PluginStatistic } from '../statistics/plugin.ts'
import { pluginMistake } from '../statistics/plugin-checks.ts'
import type { Statistic } from '../statistics/statistic.ts'
import { counterMistake } from './counter-checks.ts'
import type { PluginCounter } from './define.ts'
import { groupOrMistake } from './group-checks.ts'
import { type Exported, importPlugin, type Kind } from './modules.ts'

/** What plugins brought, and what is wrong with those that brought nothing, by their paths. */
export interface LoadedPlugins {
  readonly counters: readonly AddedCounter[]
  /** The given catalog with their counters behind. */
  readonly catalog: Catalog
  readonly statistics: readonly Statistic[]
  readonly groups: readonly Group[]
  readonly mistakes: ReadonlyMap<string, string>
}

/** What was there before the plugins, whose names they may not use. */
export interface Taken {
  readonly catalog: Catalog
  readonly statistics: readonly Statistic[]
  readonly groups: readonly Group[]
}

type Found = Exported & { readonly path: string }

/** Imports plugins in their order, which gives that of their counters. */
export async function loadPlugins(paths: readonly string[], taken: Taken): Promise<LoadedPlugins> {
  const mistakes = new Map<string, string>()
  const imported = await Promise.all(
    paths.map(async (path): Promise<Found[]> => {
      try {
        return (await importPlugin(path)).map((each) => ({ ...each, path }))
      } catch (error) {
        mistakes.set(path, `${path}: ${error instanceof Error ? error.message : String(error)}`)
        return []
      }
    }),
  )
  const all = imported.flat()
  /* a counter that is refused must not look like one that is missing: a plugin tells its first mistake only */
  const refuse = ({ path, where }: Found, mistake: string): void => {
    if (!mistakes.has(path)) mistakes.set(path, `${path}: ${where}: ${mistake}`)
  }
  const counters: AddedCounter[] = []
  const statistics: Statistic[] = []
  const groups: Group[] = []
  const origins = new Map(taken.statistics.map(({ name }) => [name, 'pktspot']))
  const catalog = () => withSums(taken.catalog, counters)

  function addCounter(found: Found, value: object): void {
    const mistake = counterMistake(value, catalog())
    const { name, layer, help, unit = 'packets' } = value as PluginCounter
    if (mistake === undefined) counters.push({ name, layer, help, unit })
    else refuse(found, mistake)
  }
  function addStatistic(found: Found, value: object): void {
    const mistake = pluginMistake(value, catalog()) ?? clash(value as PluginStatistic, origins)
    if (mistake !== undefined) {
      refuse(found, mistake)
      return
    }
    const statistic = fromPlugin(value as PluginStatistic)
    origins.set(statistic.name, found.path)
    statistics.push(statistic)
  }
  function addGroup(found: Found, value: object): void {
    const group = groupOrMistake(value, [...taken.groups, ...groups])
    if (typeof group === 'string') refuse(found, group)
    else groups.push(group)
  }
  const steps = { counter: addCounter, statistic: addStatistic, group: addGroup }
  /* counters first: statistics of any plugin may read them */
  for (const kind of ['counter', 'statistic', 'group'] as const) {
    for (const found of all.filter((each) => each.kind === kind)) {
      const { value } = found
      if (typeof value === 'object' && value !== null) steps[kind](found, value)
      else refuse(found, notOne(value, kind))
    }
  }
  return { counters, catalog: catalog(), statistics, groups, mistakes }
}

function notOne(value: unknown, kind: Kind): string {
  return `got ${shown(value)}; expected a ${kind}`
}

function clash(
  { name }: PluginStatistic,
  origins: ReadonlyMap<string, string>,
): string | undefined {
  const origin = origins.get(name)
  return origin && `statistic ${name}: already defined by ${origin}; choose another name`
}
