// SPDX-License-Identifier: Apache-2.0
import type { Resolved } from './load.ts'
import { isSetting, type Tree } from './setting.ts'
import { schema } from './settings.ts'

/** Writes the settings in force as a YAML file that gives them again, with where each comes from. */
export function effectiveYaml({ settings, origins }: Resolved): string {
  return `${lines(schema, { ...settings }, origins, '').join('\n')}\n`
}

/** JSON's scalars and flow lists are YAML too, and always quoted safely. */
function lines(
  section: Tree,
  values: Readonly<Record<string, unknown>>,
  origins: ReadonlyMap<string, string>,
  parent: string,
): string[] {
  return Object.entries(section).flatMap(([name, entry]) => {
    const path = parent ? `${parent}.${name}` : name
    const indent = parent ? '  ' : ''
    const value = values[name]
    if (!isSetting(entry)) {
      const inner = Object.fromEntries(Object.entries(value ?? {}))
      return [`${indent}${name}:`, ...lines(entry, inner, origins, path)]
    }
    const shown = JSON.stringify(entry.format.show(value))
    return [`${indent}${name}: ${shown} # ${origins.get(path) ?? 'default'}`]
  })
}
