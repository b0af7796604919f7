// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises'
import { PktspotError } from '../errors.ts'
import type { Statistic } from './statistic.ts'

/** Imports the statistics that come with the program: every file of builtin/, in name order. */
export function loadBuiltinStatistics(): Promise<readonly Statistic[]> {
  return loadStatistics(new URL('./builtin/', import.meta.url))
}

/**
 * Imports every module of a folder in name order, each with a statistic as its default export;
 * throws SETTINGS on a name used twice.
 */
export async function loadStatistics(folder: URL): Promise<readonly Statistic[]> {
  const files = (await readdir(folder)).filter(isModule).sort()
  const modules = files.map(async (file): Promise<[string, Statistic]> => {
    const module: { default: Statistic } = await import(new URL(file, folder).href)
    return [file, module.default]
  })
  const origins = new Map<string, string>()
  const statistics: Statistic[] = []
  for (const [file, statistic] of await Promise.all(modules)) {
    const origin = origins.get(statistic.name)
    if (origin !== undefined) {
      throw new PktspotError(
        'SETTINGS',
        `${file}: statistic ${statistic.name} is already defined in ${origin}; choose another name`,
      )
    }
    origins.set(statistic.name, file)
    statistics.push(statistic)
  }
  return statistics
}

/** A compiled module or its source, but neither declarations nor source maps. */
function isModule(file: string): boolean {
  return /\.[jt]s$/.test(file) && !file.endsWith('.d.ts')
}
