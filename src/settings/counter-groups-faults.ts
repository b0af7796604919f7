// SPDX-License-Identifier: Apache-2.0
import type { GroupItem } from './counter-groups.ts'
import { meterColumns } from './counter-groups-meters.ts'
import type { Known } from './known.ts'
import { type Fault, fault, shown, type Written } from './layer.ts'
import type { Twig } from './twig.ts'

/** What is wrong with counter groups, or with counters by filters, beyond their form. */
export interface GroupObjection {
  /** Where: `[0, 'meters', 2, 'vartype']`. */
  readonly path: readonly (string | number)[]
  /** The value, or what was found. */
  readonly got: unknown
  readonly expected: string
  readonly near?: string | undefined
  readonly remedy?: string | undefined
}

/** Finds what is wrong with counter groups beyond their form, at the places of the file. */
export function groupFaults(written: Written, known: Known): Fault[] {
  const { key, value } = written
  if (key.path !== 'counter_groups') return []
  const items = (key.format.read(value) ?? []) as readonly GroupItem[]
  return placedObjections(written, known.groups(items))
}

/** Words objections to parts of a setting of the file at their places. */
export function placedObjections(
  { key, twig }: Written,
  objections: readonly GroupObjection[],
): Fault[] {
  if (!twig) return []
  return objections.map(({ path, got, expected, near, remedy }) => {
    const place = path.reduce(child, twig).place
    return fault(place, `${key.path}${path.map(step).join('')}`, shown(got), {
      expected,
      near,
      remedy,
    })
  })
}

function step(part: string | number): string {
  return typeof part === 'number' ? `[${part}]` : `.${part}`
}

/** Goes down to what a name or position stands for; stays where nothing does. */
function child(twig: Twig, part: string | number): Twig {
  const items = twig.items()
  if (items) return items[typeof part === 'number' ? part : column(items.length, part)] ?? twig
  return twig.entries()?.find(({ name }) => name === part)?.twig ?? twig
}

function column(length: number, name: string): number {
  return meterColumns(length).indexOf(name)
}
