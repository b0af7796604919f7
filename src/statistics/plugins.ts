// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Catalog } from '../counters/catalog.ts'
import { fromPlugin, type PluginStatistic } from './plugin.ts'
import { pluginMistake } from './plugin-checks.ts'
import type { Statistic } from './statistic.ts'

/** What plugins brought, and what is wrong with those that brought nothing, by their paths. */
export interface LoadedPlugins {
  readonly statistics: readonly Statistic[]
  readonly mistakes: ReadonlyMap<string, string>
}

/** Names of the exports that hold a statistic or a list of them. */
const EXPORTS = ['default', 'statistics'] as const

/** Imports plugins in their order; `taken` are statistics whose names they may not use. */
export async function loadPlugins(
  paths: readonly string[],
  { taken, catalog }: { taken: readonly Statistic[]; catalog: () => Catalog },
): Promise<LoadedPlugins> {
  const statistics: Statistic[] = []
  const mistakes = new Map<string, string>()
  const origins = new Map(taken.map(({ name }) => [name, 'pktspot']))
  for (const path of paths) {
    try {
      for (const { where, value } of await exported(path)) {
        const mistake = pluginMistake(value, catalog()) ?? clash(value, origins)
        if (mistake !== undefined) throw new TypeError(`${where}: ${mistake}`)
        const statistic = fromPlugin(value as PluginStatistic)
        origins.set(statistic.name, path)
        statistics.push(statistic)
      }
    } catch (error) {
      mistakes.set(path, `${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { statistics, mistakes }
}

async function exported(path: string): Promise<{ where: string; value: unknown }[]> {
  const module: Record<string, unknown> = await load(path)
  const given = EXPORTS.filter((name) => module[name] !== undefined)
  if (given.length === 0) {
    throw new TypeError('exports nothing; expected statistics as its default export')
  }
  return given.flatMap((name) => {
    const value = module[name]
    const where = name === 'default' ? 'default export' : `export ${name}`
    if (!Array.isArray(value)) return [{ where, value }]
    return value.map((each, index) => ({ where: `${where}[${index}]`, value: each }))
  })
}

async function load(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(resolve(path)).href)
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new Error(`cannot be loaded: ${reason}`, { cause })
  }
}

function clash(value: unknown, origins: ReadonlyMap<string, string>): string | undefined {
  const { name } = value as PluginStatistic
  const origin = origins.get(name)
  return origin && `statistic ${name}: already defined by ${origin}; choose another name`
}
