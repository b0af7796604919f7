// SPDX-License-Identifier: Apache-2.0
import type { GroupObjection } from '../../settings/counter-groups-faults.ts'
import type { MeterSetting } from '../../settings/counter-groups-meters.ts'
import { nearest } from '../../settings/suggest.ts'
import { findField } from '../fields.ts'
import { measureOf } from '../own-group.ts'
import { VARTYPE_NAMES, vartypeAdvice } from '../vartype-advice.ts'
import { checkField } from './key.ts'
import { object, type Path } from './objection.ts'

const MOST_METERS = 16
const MOST_UNIQUE = 2

/** Finds what is wrong with a group's meters beyond their form. */
export function checkMeters(meters: readonly MeterSetting[], path: Path): GroupObjection[] {
  const uniques = meters.flatMap(({ unique }, index) => (unique === undefined ? [] : [index]))
  return [
    ...checkCount(meters, path),
    ...uniques
      .slice(MOST_UNIQUE)
      .map((index) =>
        object([...path, index, 'unique'], 'one more', `at most ${MOST_UNIQUE} unique a group`),
      ),
    ...checkIds(meters, path),
    ...meters.flatMap((meter, index) => [
      ...checkVartype(meter, [...path, index, 'vartype']),
      ...checkMeasure(meter, [...path, index]),
    ]),
  ]
}

/** Finds what is wrong with the meters of a group that a plugin feeds, beyond their form. */
export function checkFedMeters(meters: readonly MeterSetting[], path: Path): GroupObjection[] {
  return [
    ...checkCount(meters, path),
    ...checkIds(meters, path),
    ...meters.flatMap((meter, index) => [
      ...checkVartype(meter, [...path, index, 'vartype']),
      ...(['value', 'unique'] as const)
        .filter((key) => meter[key] !== undefined)
        .map((key) =>
          object([...path, index, key], meter[key], 'no field: update gives the values'),
        ),
    ]),
  ]
}

function checkCount(meters: readonly MeterSetting[], path: Path): GroupObjection[] {
  if (meters.length === 0) return [object(path, 'no meter', `1 to ${MOST_METERS} meters`)]
  if (meters.length <= MOST_METERS) return []
  const got = `${meters.length} meters`
  return [object([...path, MOST_METERS], got, `at most ${MOST_METERS} a group`)]
}

function checkIds(meters: readonly MeterSetting[], path: Path): GroupObjection[] {
  const index = meters.findIndex(({ id }, at) => id !== at)
  return index < 0
    ? []
    : [object([...path, index, 'id'], meters[index]?.id, `${index}: ids count up from 0`)]
}

function checkVartype({ vartype, unique }: MeterSetting, path: Path): GroupObjection[] {
  const known = VARTYPE_NAMES.includes(vartype)
  if (known && (unique === undefined || vartype === 'GAUGE')) return []
  if (known) return [object(path, vartype, 'GAUGE for distinct values, which do not add up')]
  const remedy = vartypeAdvice(vartype)
  const near = remedy === undefined ? nearest(vartype, VARTYPE_NAMES) : undefined
  return [object(path, vartype, `one of ${VARTYPE_NAMES.join(', ')}`, { near, remedy })]
}

function checkMeasure(meter: MeterSetting, path: Path): GroupObjection[] {
  const { value, unique, units } = meter
  if (value !== undefined && unique !== undefined) {
    return [object([...path, 'unique'], 'value and unique', 'one of the two')]
  }
  if (unique !== undefined) return checkField(unique, [...path, 'unique'])
  if (value !== undefined) {
    const field = findField(value)
    if (!field || field.bits <= 16) return checkField(value, [...path, 'value'])
    return [
      object([...path, 'value'], value, 'a field that is a number, such as ip.ttl', {
        remedy: 'to count its distinct values write unique',
      }),
    ]
  }
  if (measureOf(meter)) return []
  return [
    object([...path, 'units'], units ?? 'nothing', 'B, Bps, bps, Pkts or pps', {
      remedy: 'for anything else say what is measured: {…, value: ip.ttl} or {…, unique: ip.src}',
    }),
  ]
}
