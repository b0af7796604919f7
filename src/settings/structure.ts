// SPDX-License-Identifier: Apache-2.0
import type { Field, Format } from './format.ts'

type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> }

/** Allows a mapping with these keys. */
export function mapping<T extends object>(fields: Fields<T>): Format<T> {
  const known: Readonly<Record<string, Field<unknown>>> = fields as Record<string, Field<unknown>>
  return {
    expected: `a mapping with ${Object.keys(known).join(', ')}`,
    structure: { kind: 'mapping', fields: known },
    read(written) {
      const given = entriesOf(written)
      if (!given || given.some(([key]) => !Object.hasOwn(known, key))) return undefined
      const values = new Map(given.map(([key, value]) => [key, known[key]?.format.read(value)]))
      const whole = Object.entries(known).every(([key, { required }]) =>
        values.has(key) ? values.get(key) !== undefined : !required,
      )
      return whole ? (Object.fromEntries(values) as T) : undefined
    },
    show: (value) => shown(value, (key) => known[key]?.format),
  }
}

/** Allows a list of what another format allows. */
export function listOf<T>(each: Format<T>): Format<readonly T[]> {
  return {
    expected: `a list, each item ${each.expected}`,
    structure: { kind: 'list', each: each as Format<unknown> },
    read: (written) => {
      const items = written === null ? [] : written
      return Array.isArray(items) ? complete(items, each) : undefined
    },
    show: (values) => values.map((value) => each.show(value)),
  }
}

/** Allows a mapping whose keys users choose. */
export function named<T>(what: string, each: Format<T>): Format<Readonly<Record<string, T>>> {
  return {
    expected: `a mapping from ${what} to ${each.expected}`,
    structure: { kind: 'named', each: each as Format<unknown> },
    read(written) {
      const given = entriesOf(written)
      const keys = given?.map(([key]) => key) ?? []
      const values =
        given &&
        complete(
          given.map(([, value]) => value),
          each,
        )
      return values && Object.fromEntries(keys.map((key, index) => [key, values[index] as T]))
    },
    show: (value) => shown(value, () => each as Format<unknown>),
  }
}

/** Allows what the format that is chosen by the look of a value allows. */
export function either<T>(
  expected: string,
  choose: (written: unknown) => Format<T> | undefined,
): Format<T> {
  return {
    expected,
    structure: {
      kind: 'either',
      choose: choose as (written: unknown) => Format<unknown> | undefined,
    },
    read: (written) => choose(written)?.read(written),
    show: (value) => choose(value)?.show(value),
  }
}

function complete<T>(written: readonly unknown[], format: Format<T>): readonly T[] | undefined {
  const values = written.map((each) => format.read(each)).filter((each) => each !== undefined)
  return values.length === written.length ? values : undefined
}

/** Gives a mapping's entries; nothing at all is a mapping whose keys are all commented out. */
function entriesOf(written: unknown): [string, unknown][] | undefined {
  if (written === null) return []
  if (typeof written !== 'object' || Array.isArray(written)) return undefined
  return Object.entries(written)
}

function shown(value: object, formatOf: (key: string) => Format<unknown> | undefined): object {
  const entries = Object.entries(value).map(([key, each]) => [key, formatOf(key)?.show(each)])
  return Object.fromEntries(entries)
}
