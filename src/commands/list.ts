// SPDX-License-Identifier: Apache-2.0
import type { Settings } from '../settings/settings.ts'
import { columns } from './columns.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { listInterfaces } from './interfaces.ts'

/** What can be listed. */
export const LISTS = [
  'counters',
  'statistics',
  'groups',
  'fields',
  'vartypes',
  'interfaces',
] as const

type Row = Readonly<Record<string, unknown>>

interface Listing {
  /** What JSON has. */
  readonly rows: readonly object[]
  /** What columns have, where that is less. */
  readonly short?: readonly object[]
}

/** Prints one of the lists: aligned columns, or a JSON array. */
export async function listCommand(
  options: {
    what: (typeof LISTS)[number]
    json: boolean
    /** Groups: those that are switched off too. */
    wellKnown?: boolean
    settings: Settings
  },
  io: Io,
): Promise<ExitCode> {
  const { what, json, settings } = options
  const lists = { counters, statistics, groups, fields, vartypes, interfaces }
  const { rows, short } = await lists[what](settings, options.wellKnown ?? false)
  await io.out(
    json ? `${JSON.stringify(rows, null, 2)}\n` : table(SHOWN[what], (short ?? rows) as Row[]),
  )
  return EXIT.good
}

async function counters(settings: Settings): Promise<Listing> {
  const { pluginsOf } = await import('./plugins.ts')
  const { catalogWith } = await import('./run-filters.ts')
  const { catalog } = await pluginsOf(settings)
  const known = catalogWith(catalog, settings.counters)
  const all = settings.transmit ? known.whole() : known
  return {
    rows: [...all].map(
      ({ name, layer, layers, kind, unit, help, metric, direction = 'receive' }) => {
        return { name, direction, layer, layers, kind, unit, help, metric }
      },
    ),
  }
}

async function statistics(settings: Settings): Promise<Listing> {
  const { pluginsOf } = await import('./plugins.ts')
  const { definedStatistics } = await import('../statistics/defined.ts')
  const { catalogWith } = await import('./run-filters.ts')
  const plugins = await pluginsOf(settings)
  const catalog = catalogWith(plugins.catalog, settings.counters)
  const all = await definedStatistics(settings, { ...plugins, catalog })
  return {
    rows: all.map(({ name, help, unit, counters, tails }) => {
      return { name, help, unit, counters, tails }
    }),
  }
}

async function groups(settings: Settings, wellKnown: boolean): Promise<Listing> {
  const { groupRows, shortGroups } = await import('./list-groups.ts')
  const rows = await groupRows(settings, wellKnown)
  return { rows, short: shortGroups(rows) }
}

async function fields(): Promise<Listing> {
  const { fieldRows } = await import('./list-groups.ts')
  return { rows: fieldRows() }
}

async function vartypes(): Promise<Listing> {
  const { vartypeRows } = await import('./list-groups.ts')
  return { rows: vartypeRows() }
}

async function interfaces(): Promise<Listing> {
  return { rows: await listInterfaces() }
}

const SHOWN = {
  counters: ['name', 'direction', 'layers', 'kind', 'unit', 'metric', 'help'],
  statistics: ['name', 'unit', 'tails', 'counters', 'help'],
  groups: ['name', 'enabled', 'key', 'meters', 'bucketsize', 'guid', 'description'],
  fields: ['name', 'bits', 'label', 'help'],
  vartypes: ['name', 'help'],
  interfaces: ['name', 'index', 'state', 'mtu', 'mac', 'addresses'],
} as const

function table(names: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')))
  return columns(
    names.map((name) => name.toUpperCase()),
    cells,
  )
}
