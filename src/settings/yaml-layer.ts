// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path'
import { FILE_LIMIT, type SettingsFile, tooLarge } from './file.ts'
import { fault, type Layer, shown, type Written } from './layer.ts'
import { isSetting, type Tree } from './setting.ts'
import { keys, schema } from './settings.ts'
import { unknownKey } from './structure-faults.ts'
import type { Entry, Twig } from './twig.ts'
import { parseYaml } from './yaml-tree.ts'

/** Reads a YAML file into values and mistakes, each with its place; throws SETTINGS above 1 MiB. */
export function yamlLayer(file: SettingsFile): Layer {
  if (Buffer.byteLength(file.text) > FILE_LIMIT) throw tooLarge(file.path)
  const { root, faults } = parseYaml(file)
  const layers = root ? [sectionLayer(root, schema, '')] : []
  const { written, ...rest } = merged([{ written: [], faults }, ...layers])
  return { ...rest, written: written.map((each) => fromFile(each, dirname(file.path))) }
}

/** Makes paths independent of where the file lies. */
function fromFile(written: Written, folder: string): Written {
  const { key, value } = written
  if (!key.paths) return written
  const absolute = (path: unknown) =>
    typeof path === 'string' && path ? resolve(folder, path) : path
  return { ...written, value: Array.isArray(value) ? value.map(absolute) : absolute(value) }
}

function merged(layers: readonly Layer[]): Layer {
  return {
    written: layers.flatMap((layer) => layer.written),
    faults: layers.flatMap((layer) => layer.faults),
  }
}

function sectionLayer(twig: Twig, section: Tree, path: string): Layer {
  const entries = twig.entries()
  if (entries) return merged(entries.map((entry) => entryLayer(entry, section, path)))
  /* a section whose keys are all commented out */
  if (twig.value === null) return { written: [], faults: [] }
  const expected = `a mapping with ${Object.keys(section).join(', ')}`
  const name = path || 'settings'
  return { written: [], faults: [fault(twig.place, name, shown(twig.value), { expected })] }
}

function entryLayer({ name, place, twig }: Entry, section: Tree, parent: string): Layer {
  const path = parent ? `${parent}.${name}` : name
  const entry = Object.hasOwn(section, name) ? section[name] : undefined
  if (!entry) {
    const elsewhere = keys.map((key) => key.path).find((known) => known.endsWith(`.${name}`))
    return { written: [], faults: [unknownKey(place, path, Object.keys(section), elsewhere)] }
  }
  if (!isSetting(entry)) return sectionLayer(twig, entry, path)
  const items = twig.items()?.map((item) => item.place)
  const written = keys
    .filter((key) => key.path === path)
    .map((key) => ({ key, value: twig.value, place: twig.place, twig, ...(items && { items }) }))
  return { written, faults: [] }
}
