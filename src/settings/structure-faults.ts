// SPDX-License-Identifier: Apache-2.0
import type { Format } from './format.ts'
import { type Fault, fault, type Place, shown } from './layer.ts'
import { nearest } from './suggest.ts'
import type { Twig } from './twig.ts'

/** Finds what is wrong in a value of the file, and in the values that it is made of. */
export function structureFaults(twig: Twig, path: string, format: Format<unknown>): Fault[] {
  const { structure } = format
  if (!structure) return format.read(twig.value) === undefined ? [misfit(twig, path, format)] : []
  if (structure.kind === 'list') {
    const items = twig.value === null ? [] : twig.items()
    if (!items) return [misfit(twig, path, format)]
    return items.flatMap((item, index) =>
      structureFaults(item, `${path}[${index}]`, structure.each),
    )
  }
  if (structure.kind === 'either') {
    const chosen = structure.choose(twig.value)
    return chosen ? structureFaults(twig, path, chosen) : [misfit(twig, path, format)]
  }
  if (structure.kind === 'row') {
    const items = twig.items()
    const columns = items && structure.columns(items.map((item) => item.value))
    if (!columns) return [misfit(twig, path, format)]
    return columns.flatMap(({ name, format }, index) => {
      const item = items[index]
      return item ? structureFaults(item, `${path}.${name}`, format) : []
    })
  }
  const entries = twig.value === null ? [] : twig.entries()
  if (!entries) return [misfit(twig, path, format)]
  const known = structure.kind === 'mapping' ? structure.fields : undefined
  const inner = entries.flatMap((entry) => {
    const each =
      structure.kind === 'named' ? structure.each : known && own(known, entry.name)?.format
    return each
      ? structureFaults(entry.twig, `${path}.${entry.name}`, each)
      : [unknownKey(entry.place, `${path}.${entry.name}`, Object.keys(known ?? {}))]
  })
  const missing = Object.entries(known ?? {}).filter(
    ([name, { required }]) => required && !entries.some((entry) => entry.name === name),
  )
  const absent = missing.map(([name, field]) =>
    fault(twig.place, `${path}.${name}`, 'nothing', { expected: field.format.expected }),
  )
  return [...absent, ...inner]
}

/** Words a value that does not fit its format. */
export function misfit(
  { place, value }: { place: Place; value: unknown },
  path: string,
  { expected, words, remedy }: Format<unknown>,
): Fault {
  const near = words && typeof value === 'string' ? nearest(value, words) : undefined
  return fault(place, path, shown(value), { expected, near, remedy: remedy?.(value) })
}

/** Words a key that is not among those known; `elsewhere` is where one of that name would be right. */
export function unknownKey(
  place: Place,
  path: string,
  known: readonly string[],
  elsewhere?: string,
): Fault {
  const name = path.slice(path.lastIndexOf('.') + 1)
  return fault(place, /^[\w.<[\]-]+$/.test(path) ? path : shown(path), 'an unknown key', {
    expected: `one of ${known.join(', ')}`,
    near: nearest(name, known) ?? elsewhere,
    remedy: 'correct or remove it',
  })
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
