// SPDX-License-Identifier: Apache-2.0
import { fedGroupObjections } from '../groups/check/groups.ts'
import type { Group } from '../groups/group.ts'
import { fedGroup } from '../groups/own-group.ts'
import { fedGroup as format } from '../settings/counter-groups.ts'
import { fault, shown } from '../settings/layer.ts'
import { structureFaults } from '../settings/structure-faults.ts'
import type { Twig } from '../settings/twig.ts'
import { functionMistake } from './counter-checks.ts'

const PLACE = { name: '', origin: '', order: 0 } as const
const KEYS = ['control', 'meters', 'keyinfo', 'limits'] as const

/** Makes a group of what a plugin exports; a text says what keeps it from being one. */
export function groupOrMistake(value: object, others: readonly Group[]): Group | string {
  const process = functionMistake(Reflect.get(value, 'process'))
  if (process !== undefined) return `${nameIn(value)}process: ${process}`
  const given = KEYS.map((key) => [key, Reflect.get(value, key) as unknown] as const)
  const setting = Object.fromEntries(given.filter(([, each]) => each !== undefined))
  const faults = structureFaults(twigOf(setting), 'group', format).map(({ text }) => text)
  const read = format.read(setting)
  if (!read) return nameIn(value) + (faults[0] ?? `expected ${format.expected}`)
  const [objection] = fedGroupObjections(read, others)
  if (!objection) return fedGroup(read)
  const { path, got, expected, near, remedy } = objection
  const at = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return nameIn(value) + fault(PLACE, `group${at}`, shown(got), { expected, near, remedy }).text
}

function nameIn(value: object): string {
  const control: unknown = Reflect.get(value, 'control')
  const name: unknown =
    typeof control === 'object' && control !== null ? Reflect.get(control, 'name') : undefined
  return typeof name === 'string' ? `group ${name}: ` : ''
}

/** Shows plain values as those of a file. */
function twigOf(value: unknown): Twig {
  return {
    place: PLACE,
    value,
    entries: () =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([name, each]) => ({ name, place: PLACE, twig: twigOf(each) }))
        : undefined,
    items: () => (Array.isArray(value) ? value.map(twigOf) : undefined),
    at: () => PLACE,
  }
}
