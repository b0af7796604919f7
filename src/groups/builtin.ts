// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises'
import { PktspotError } from '../errors.ts'
import type { BuiltinGroup } from './definition.ts'

/** Imports the groups that come with the program, switched on or not: every file of builtin/, in name order. */
export function loadBuiltinGroups(): Promise<readonly BuiltinGroup[]> {
  return loadGroups(new URL('./builtin/', import.meta.url))
}

/**
 * Imports every module of a folder in name order, each with a group as its default export; throws SETTINGS on a
 * GUID or a name used twice, in whatever case.
 */
export async function loadGroups(folder: URL): Promise<readonly BuiltinGroup[]> {
  const files = (await readdir(folder)).filter(isModule).sort()
  const groups = await Promise.all(
    files.map(async (file) => {
      const module: { default: BuiltinGroup } = await import(new URL(file, folder).href)
      return module.default
    }),
  )
  const origins = new Map<string, string | undefined>()
  for (const [index, { guid, name }] of groups.entries()) {
    for (const word of [guid, name]) {
      const origin = origins.get(word.toLowerCase())
      if (origin !== undefined) {
        throw new PktspotError(
          'SETTINGS',
          `${files[index]}: group ${word} is already defined in ${origin}; choose another`,
        )
      }
      origins.set(word.toLowerCase(), files[index])
    }
  }
  return groups
}

/** A compiled module or its source, but neither declarations nor source maps. */
function isModule(file: string): boolean {
  return /\.[jt]s$/.test(file) && !file.endsWith('.d.ts')
}
