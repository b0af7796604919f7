// SPDX-License-Identifier: Apache-2.0
import { type Field, findField, isClassed } from './fields.ts'
import type { Group } from './group.ts'
import { textWords, wordsText } from './text-words.ts'
import { firstValue, readValue, valueText } from './values.ts'

/** Tells whether a plugin gives the keys, which are texts. */
function isFed({ key }: Group): boolean {
  return key.fields.length === 0 && !isClassed(key)
}

/** Names of the labels that a group's series have, in the order of the key's text. */
export function keyLabels(group: Group): readonly string[] {
  const { key } = group
  if (key.rules || isFed(group)) return ['key']
  const fields = fieldsOf(key.fields)
  const one = fields.filter(({ kind }) => kind === 'port').length === 1
  return fields.map(({ kind, label }) => (one && kind === 'port' ? 'port' : label))
}

/** Values of those labels for a key; texts are those of `keyText`. */
export function keyValues(group: Group, words: readonly bigint[]): readonly string[] {
  const { key } = group
  if (isFed(group)) return [wordsText(words)]
  if (isClassed(key)) return [classNames(group)[Number(words[0] ?? 0n)] ?? String(words[0] ?? '')]
  return unpacked(fieldsOf(key.fields), words).map(({ field, value }) =>
    valueText(field, value, key.prefix),
  )
}

/** Writes a key: its values with `/` between them, `tcp/443`. */
export function keyText(group: Group, words: readonly bigint[]): string {
  return keyValues(group, words).join('/')
}

/** Reads a key as `keyText` writes it, its numbers also in other forms; undefined when it is none of the group. */
export function keyWords(group: Group, text: string): readonly bigint[] | undefined {
  const { key } = group
  if (isFed(group)) return textWords(text)
  if (isClassed(key)) {
    const index = classNames(group).indexOf(text)
    return index < 0 ? undefined : [BigInt(index)]
  }
  const fields = fieldsOf(key.fields)
  const texts = parts(group, fields, text)
  const values = fields
    .map((field, index) => readValue(field, texts[index] ?? '', key.prefix))
    .filter((value) => value !== undefined)
  return values.length === fields.length ? packed(fields, values) : undefined
}

/** Names of the classes of a group whose keys are ranges, sets or rules, in the order of their numbers. */
export function classNames({ key }: Pick<Group, 'key'>): readonly string[] {
  if (key.ranges) return [...key.ranges.map(String), '+Inf']
  if (key.keysets) return [...key.keysets.keys()]
  return (key.rules ?? []).map((rule) => rule.key)
}

/** Finds fields by their names; throws RangeError on a name that settings should have refused. */
export function fieldsOf(names: readonly string[]): readonly Field[] {
  return names.map((name) => {
    const field = findField(name)
    if (!field) throw new RangeError(`no field of packets is named ${name}`)
    return field
  })
}

/** Splits a key's text at the slashes into the fields' values. */
function parts({ key }: Group, fields: readonly Field[], text: string): readonly string[] {
  let pieces = text.split('/')
  const values = fields.map((field) => {
    const value = firstValue(field, pieces, key.prefix)
    pieces = pieces.slice(value.split('/').length)
    return value
  })
  return pieces.length === 0 ? values : []
}

/* Words of a key: those of the fields of 128 bits (high, low) and 48 bits in order, then the others, 16 bits each,
   four a word, the first lowest. */

function packed(fields: readonly Field[], values: readonly bigint[]): readonly bigint[] {
  const given = fields.map((field, index) => ({ field, value: values[index] ?? 0n }))
  const wide = given
    .filter(({ field }) => field.bits > 16)
    .flatMap(({ field, value }) =>
      field.bits === 128 ? [value >> 64n, value & 0xffff_ffff_ffff_ffffn] : [value],
    )
  const narrow = given.filter(({ field }) => field.bits <= 16)
  const words = Array.from({ length: Math.ceil(narrow.length / 4) }, (_, word) =>
    narrow
      .slice(4 * word, 4 * word + 4)
      .reduce((sum, { value }, index) => sum | (value << BigInt(16 * index)), 0n),
  )
  return [...wide, ...words]
}

function unpacked(fields: readonly Field[], words: readonly bigint[]) {
  const narrowFrom = fields.reduce((sum, { bits }) => sum + (bits === 128 ? 2 : +(bits === 48)), 0)
  let wide = 0
  let narrow = 0
  const next = (): bigint => words[wide++] ?? 0n
  return fields.map((field) => {
    if (field.bits === 128) return { field, value: (next() << 64n) | next() }
    if (field.bits === 48) return { field, value: next() }
    const word = words[narrowFrom + Math.floor(narrow / 4)] ?? 0n
    const value = (word >> BigInt(16 * (narrow++ % 4))) & 0xffffn
    return { field, value }
  })
}
