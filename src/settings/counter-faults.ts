// SPDX-License-Identifier: Apache-2.0

import { placedObjections } from './counter-groups-faults.ts'
import type { UserCounter } from './counters.ts'
import type { Known } from './known.ts'
import type { Fault, Written } from './layer.ts'
import type { Twig } from './twig.ts'

/** Finds what is wrong with users' counters beyond their form, at the places of the file. */
export function counterFaults(written: Written, known: Known): Fault[] {
  const { key, value } = written
  if (key.path !== 'counters') return []
  const items = (key.format.read(value) ?? []) as readonly UserCounter[]
  return placedObjections(written, known.counters(items))
}

/** Finds filters of counters and groups that cannot be compiled or run. */
export function filterFaults({ key, twig }: Written, known: Known): Fault[] {
  return filtersIn(key.path, twig).flatMap(({ path, twig }) => {
    const mistake = typeof twig.value === 'string' && known.filter(twig.value)
    if (!mistake) return []
    const excerpt = mistake.excerpt.replaceAll(/^(?=.)/gm, '    ')
    const text = `${path}: ${mistake.message}${excerpt && `\n${excerpt}`}`
    return [{ place: twig.at(mistake.offset), text }]
  })
}

/** Filters that a setting of a file holds, whatever else may be wrong with it. */
export function filtersIn(path: string, twig: Twig | undefined): { path: string; twig: Twig }[] {
  if (path !== 'counters' && path !== 'counter_groups') return []
  return (twig?.items() ?? []).flatMap((item, index) => {
    const filter = child(item, 'filter')
    const rules = child(child(item, 'key'), 'rules')?.items() ?? []
    return [
      ...(filter ? [{ path: `${path}[${index}].filter`, twig: filter }] : []),
      ...rules.flatMap((rule, at) => {
        const condition = child(rule, 'if')
        const where = `${path}[${index}].key.rules[${at}].if`
        return condition ? [{ path: where, twig: condition }] : []
      }),
    ]
  })
}

function child(twig: Twig | undefined, name: string): Twig | undefined {
  return twig?.entries()?.find((entry) => entry.name === name)?.twig
}
