// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'
import type { KeySetting } from '../../settings/counter-groups-key.ts'
import { nearest } from '../../settings/suggest.ts'
import { FIELDS, type Field, findField, wordsOf } from '../fields.ts'
import { checkClasses, checkRules } from './classes.ts'
import { object, type Path } from './objection.ts'

const MOST_FIELDS = 5
const MOST_WORDS = 5

/** Finds what is wrong with a key beyond its form. */
export function checkKey(key: KeySetting, path: Path): GroupObjection[] {
  const { fields = [], ranges, keysets, rules } = key
  const ways = Object.entries({ ranges, keysets, rules }).filter(([, way]) => way !== undefined)
  const [, second] = ways
  if (second) {
    const names = ways.map(([name]) => name).join(' and ')
    return [object([...path, second[0]], names, 'one of ranges, keysets and rules')]
  }
  if (rules) {
    return fields.length > 0
      ? [object([...path, 'fields'], fields, 'no fields beside rules, which give the whole key')]
      : checkRules(rules, [...path, 'rules'])
  }
  const objections = checkFields(fields, [...path, 'fields'])
  if (objections.length > 0) return objections
  const known = fields.flatMap((name) => findField(name) ?? [])
  return [...checkPrefix(key, known, path), ...checkClasses(key, known, path)]
}

/** Objects to a field that does not exist. */
export function checkField(name: string, path: Path): GroupObjection[] {
  if (findField(name)) return []
  const names = FIELDS.map((field) => field.name)
  return [
    object(path, name, 'the name of a field', {
      near: nearest(name, names),
      remedy: 'see pktspot list fields',
    }),
  ]
}

function checkFields(fields: readonly string[], path: Path): GroupObjection[] {
  if (fields.length === 0) {
    return [object(path, 'no field', `1 to ${MOST_FIELDS} fields, or rules`)]
  }
  const each = fields.flatMap((name, index) => {
    const at = [...path, index]
    const again = fields.indexOf(name) < index
    return again ? [object(at, name, 'each field once')] : checkField(name, at)
  })
  if (each.length > 0) return each
  if (fields.length > MOST_FIELDS) {
    return [object(path, `${fields.length} fields`, `at most ${MOST_FIELDS}`)]
  }
  const words = wordsOf(fields.flatMap((name) => findField(name) ?? []))
  if (words <= MOST_WORDS) return []
  return [
    object(path, `a key of ${64 * words} bits`, `at most ${64 * MOST_WORDS}`, {
      remedy: 'leave out a wide field: an address takes 128 bits, a MAC address 64',
    }),
  ]
}

function checkPrefix(
  { prefix }: KeySetting,
  fields: readonly Field[],
  path: Path,
): GroupObjection[] {
  if (prefix === undefined || fields.some(({ kind }) => kind === 'address')) return []
  return [object([...path, 'prefix'], prefix, 'a prefix only beside ip.src or ip.dst')]
}
