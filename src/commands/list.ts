// SPDX-License-Identifier: Apache-2.0
import type { Settings } from '../settings/settings.ts'
import { columns } from './columns.ts'
import { EXIT, type ExitCode, type Io } from './command.ts'
import { listInterfaces } from './interfaces.ts'

/** What can be listed. */
export const LISTS = ['counters', 'statistics', 'interfaces'] as const

type Row = Readonly<Record<string, string | number | readonly string[]>>

/** Prints counters, statistics or interfaces: aligned columns, or a JSON array. */
export async function listCommand(
  options: { what: (typeof LISTS)[number]; json: boolean; settings: Settings },
  io: Io,
): Promise<ExitCode> {
  const rows = await { counters, statistics, interfaces }[options.what](options.settings)
  await io.out(
    options.json ? `${JSON.stringify(rows, null, 2)}\n` : table(SHOWN[options.what], rows),
  )
  return EXIT.good
}

async function counters(): Promise<Row[]> {
  const { loadCatalog } = await import('../native/binding.ts')
  return [...loadCatalog()].map(({ name, layer, layers, kind, unit, help, metric }) => {
    return { name, layer, layers, kind, unit, help, metric }
  })
}

async function statistics(settings: Settings): Promise<Row[]> {
  const { loadCatalog } = await import('../native/binding.ts')
  const { definedStatistics } = await import('../statistics/defined.ts')
  const all = await definedStatistics(settings, loadCatalog)
  return all.map(({ name, help, unit, counters, tails }) => ({ name, help, unit, counters, tails }))
}

async function interfaces(): Promise<Row[]> {
  return (await listInterfaces()).map((row) => ({ ...row }))
}

const SHOWN = {
  counters: ['name', 'layers', 'kind', 'unit', 'metric', 'help'],
  statistics: ['name', 'unit', 'tails', 'counters', 'help'],
  interfaces: ['name', 'index', 'state', 'mtu', 'mac', 'addresses'],
} as const

function table(names: readonly string[], rows: readonly Row[]): string {
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')))
  return columns(
    names.map((name) => name.toUpperCase()),
    cells,
  )
}
