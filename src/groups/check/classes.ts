// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'
import type { KeySetting } from '../../settings/counter-groups-key.ts'
import type { Field } from '../fields.ts'
import { object, type Path } from './objection.ts'

/** Classes have numbers below 255. */
const MOST_CLASSES = 254
const MOST_RULES = 32

/** Finds what is wrong with the ranges or sets of values that make keys. */
export function checkClasses(
  { ranges, keysets }: KeySetting,
  fields: readonly Field[],
  path: Path,
): GroupObjection[] {
  const way = ranges ? 'ranges' : 'keysets'
  const at = [...path, way]
  if (!ranges && !keysets) return []
  const [field, other] = fields
  if (!field || other) {
    return [object(at, way, `${way} only with a single field`, { remedy: 'use rules' })]
  }
  if (field.bits > 16) {
    const filter = field.kind === 'address' ? 'net 10.0.0.0/8' : 'ether host 02:00:00:00:00:01'
    const remedy = `use rules: [{if: "${filter}", key: inside}]`
    return [object(at, `${way} of ${field.name}`, `${way} of a number`, { remedy })]
  }
  return ranges ? checkRanges(ranges, field, at) : checkSets(keysets ?? {}, field, at)
}

/** Finds what is wrong with the rules that make keys. */
export function checkRules(rules: NonNullable<KeySetting['rules']>, path: Path): GroupObjection[] {
  const objections = count(rules.length, MOST_RULES, 'rules', path)
  const again = rules.flatMap(({ key }, index) =>
    rules.findIndex((rule) => rule.key === key) < index
      ? [
          object([...path, index, 'key'], key, 'each key once', {
            remedy: 'join the two filters with "or"',
          }),
        ]
      : [],
  )
  return [...objections, ...again]
}

function checkRanges(ranges: readonly number[], field: Field, path: Path): GroupObjection[] {
  const wrong = ranges.flatMap((bound, index) => {
    const before = index === 0 ? -1 : (ranges[index - 1] ?? -1)
    if (bound <= before)
      return [object([...path, index], bound, `more than ${before}: bounds rise`)]
    return checkValue(bound, field, [...path, index])
  })
  return [...count(ranges.length, MOST_CLASSES, 'bounds', path), ...wrong]
}

function checkSets(
  keysets: NonNullable<KeySetting['keysets']>,
  field: Field,
  path: Path,
): GroupObjection[] {
  const entries = Object.entries(keysets)
  const wrong = entries.flatMap(([name, values]) => {
    const at = [...path, name]
    if (values.length === 0) return [object(at, 'an empty list', 'at least one value')]
    return values.flatMap((value, index) =>
      checkValue(typeof value === 'number' ? value : value[1], field, [...at, index]),
    )
  })
  return [...count(entries.length, MOST_CLASSES, 'sets', path), ...wrong]
}

function checkValue(value: number, { name, bits }: Field, path: Path): GroupObjection[] {
  const most = 2 ** bits - 1
  return value >= 0 && value <= most
    ? []
    : [object(path, value, `a value of ${name}: a whole number from 0 to ${most}`)]
}

function count(length: number, most: number, what: string, path: Path): GroupObjection[] {
  return length > 0 && length <= most ? [] : [object(path, `${length} ${what}`, `1 to ${most}`)]
}
