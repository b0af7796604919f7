// SPDX-License-Identifier: Apache-2.0
import { FILE_LIMIT, type SettingsFile, tooLarge } from './file.ts'
import { type Fault, fault, type Layer, shown } from './layer.ts'
import { isSetting, type Tree } from './setting.ts'
import { keys, schema } from './settings.ts'
import { nearest } from './suggest.ts'
import { type Entry, parseYaml, type Twig } from './yaml-tree.ts'

/** Reads a YAML file into values and mistakes, each with its place; throws SETTINGS above 1 MiB. */
export function yamlLayer(file: SettingsFile): Layer {
  if (Buffer.byteLength(file.text) > FILE_LIMIT) throw tooLarge(file.path)
  const { root, faults } = parseYaml(file)
  const layers = root ? [sectionLayer(root, schema, '')] : []
  return merged([{ written: [], faults }, ...layers])
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
  if (!entry) return { written: [], faults: [unknownKey({ name, place, twig }, section, path)] }
  if (!isSetting(entry)) return sectionLayer(twig, entry, path)
  const items = twig.items()
  const written = keys
    .filter((key) => key.path === path)
    .map((key) => ({ key, value: twig.value, place: twig.place, ...(items && { items }) }))
  return { written, faults: [] }
}

function unknownKey({ name, place }: Entry, section: Tree, path: string): Fault {
  const siblings = Object.keys(section)
  const elsewhere = keys.map((key) => key.path).find((known) => known.endsWith(`.${name}`))
  return fault(place, /^[\w.<-]+$/.test(path) ? path : shown(path), 'an unknown key', {
    expected: `one of ${siblings.join(', ')}`,
    near: nearest(name, siblings) ?? elsewhere,
    remedy: 'correct or remove it',
  })
}
