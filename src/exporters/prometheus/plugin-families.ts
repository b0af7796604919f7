// SPDX-License-Identifier: Apache-2.0
import type { Block } from './family.ts'

/** How the plugins of one interface fare. */
export interface PluginsStanding {
  readonly interface: string
  readonly mode: 'packet-socket' | 'libpcap'
  /** Frames that they were not given. */
  readonly missed: () => bigint
  /** Their counters and groups. */
  readonly parts: readonly {
    /** File name of the plugin. */
    readonly plugin: string
    readonly name: string
    readonly errors: number
    readonly disabled: boolean
  }[]
}

/** Families of all interfaces' plugins; interfaces and parts are labels, so they are parameters. */
export function pluginBlocks(standings: readonly PluginsStanding[]): Block<unknown>[] {
  const labels = ['interface', 'plugin', 'name']
  const parts = standings.flatMap(({ interface: name, parts }) =>
    parts.map((part) => ({
      part,
      labels: { interface: name, plugin: part.plugin, name: part.name },
    })),
  )
  return [
    {
      family: {
        name: 'pktspot_plugin_source',
        type: 'info',
        help: 'How packets reach the counters and groups of plugins',
        labels: ['interface', 'mode'],
      },
      series: standings.map((each) => ({
        labels: { interface: each.interface, mode: each.mode },
        value: () => 1,
      })),
    },
    {
      family: {
        name: 'pktspot_plugin_missed_packets',
        type: 'counter',
        help: 'Frames that the counters and groups of plugins were not given, as they came too fast',
        labels: ['interface'],
      },
      series: standings.map((each) => ({
        labels: { interface: each.interface },
        value: () => each.missed(),
      })),
    },
    {
      family: {
        name: 'pktspot_plugin_errors',
        type: 'counter',
        help: "Errors that a plugin's counter or group threw",
        labels,
      },
      series: parts.map(({ part, labels }) => ({ labels, value: () => part.errors })),
    },
    {
      family: {
        name: 'pktspot_plugin_disabled',
        type: 'gauge',
        help: "Whether a plugin's counter or group was switched off for its errors",
        labels,
      },
      series: parts.map(({ part, labels }) => ({ labels, value: () => Number(part.disabled) })),
    },
  ]
}
