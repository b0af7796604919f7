// SPDX-License-Identifier: Apache-2.0
import type { Beside } from '../capture/beside.ts'
import type { Catalog } from '../counters/catalog.ts'
import { type PluginsStanding, pluginBlocks } from '../exporters/prometheus/plugin-families.ts'
import { type Told, told } from '../exporters/told.ts'
import type { UpdateGroup } from '../groups/update-group.ts'
import { loadCatalog } from '../native/binding.ts'
import { type FeedStanding, pluginFeed } from '../plugins/feed.ts'
import { pluginInstance } from '../plugins/instance.ts'
import type { Settings } from '../settings/settings.ts'
import { pluginsOf } from './plugins.ts'

/** The plugins' counters and groups at one source. */
export interface SourcePlugins {
  /** How the source is opened with them. */
  readonly beside: Required<Pick<Beside, 'catalog' | 'sums'>>
  readonly groups: readonly UpdateGroup[]
  /** Undefined without counters and groups. */
  readonly standing?: PluginsStanding
  /** Lets another source have their modules, once this one has ended: what is imported is never unloaded. */
  release(): void
}

/** What plugins brought, to be counted at sources. */
export interface RunPlugins {
  /** The core's counters and theirs. */
  readonly catalog: Catalog
  /** Evaluates them for a source of this name; throws SETTINGS when they cannot be. */
  at(name: string, log: PluginLog): Promise<SourcePlugins>
}

/** Metrics of how the plugins of a source fare; undefined where there are none. */
export function pluginsTold({ standing }: SourcePlugins): Told | undefined {
  return standing && told(pluginBlocks([standing]), () => standing)
}

/** Who is told of plugins. */
export interface PluginLog {
  info(line: string): void
  warn(line: string): void
}

/** Loads the plugins of the settings; `builtin`: the counters that sources have without them. Throws SETTINGS on a wrong one. */
export async function runPlugins(
  settings: Pick<Settings, 'plugins' | 'source'>,
  builtin: Catalog = loadCatalog(),
): Promise<RunPlugins> {
  const loaded = await pluginsOf(settings, builtin)
  const { catalog } = loaded
  const mode = settings.source === 'libpcap' ? 'libpcap' : 'packet-socket'
  const copies = new Set<string>()
  const free: string[] = []
  function copyFor(name: string): string {
    const copy = free.pop() ?? (copies.has(name) ? `${name} ${copies.size}` : name)
    copies.add(copy)
    return copy
  }
  return {
    catalog,
    async at(name, log) {
      const copy = copyFor(name)
      const release = () => void free.push(copy)
      const instance = await pluginInstance(settings.plugins, loaded, {
        source: copy,
        warn: (line) => log.warn(line),
      })
      const { groups, parts } = instance
      if (parts.length === 0) return { beside: { catalog, sums: [] }, groups, release }
      const feed: FeedStanding = { missed: 0n }
      return {
        beside: { catalog, sums: [pluginFeed(instance, feed, (line) => log.info(line))] },
        groups,
        standing: { interface: name, mode, missed: () => feed.missed, parts },
        release,
      }
    },
  }
}
