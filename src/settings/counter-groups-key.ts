// SPDX-License-Identifier: Apache-2.0
import { type Format, number, text, whole } from './format.ts'
import { row } from './row.ts'
import { either, listOf, mapping, named } from './structure.ts'

/** Values from one to another, both included. */
export type Span = readonly [from: number, to: number]

/** How packets give keys, as the file has it. */
export interface KeySetting {
  readonly fields?: readonly string[]
  /** Bits of addresses that are kept: of IPv4, or of both families. */
  readonly prefix?: number | PrefixSetting
  readonly ranges?: readonly number[]
  readonly keysets?: Readonly<Record<string, readonly (number | Span)[]>>
  readonly rules?: readonly RuleSetting[]
}

/** Bits of addresses that are kept, by family. */
export interface PrefixSetting {
  readonly ipv4?: number
  readonly ipv6?: number
}

/** A filter and the key of packets that match it. */
export interface RuleSetting {
  readonly if: string
  readonly key: string
}

const families = mapping<PrefixSetting>({
  ipv4: { format: whole(0, 32) },
  ipv6: { format: whole(0, 128) },
})

const prefix = either<number | PrefixSetting>(
  'bits of IPv4 addresses, 0 to 32, or {ipv4: 24, ipv6: 64}',
  (written) =>
    (typeof written === 'object' && written !== null ? families : whole(0, 32)) as Format<
      number | PrefixSetting
    >,
)

const value = whole(0, 65_535)
const SPAN = /^(\d{1,5})-(\d{1,5})$/

const span: Format<Span> = {
  expected: 'values such as 1024-65535, the lower first',
  read(written) {
    const parts = typeof written === 'string' ? (SPAN.exec(written)?.slice(1) ?? []) : written
    if (!Array.isArray(parts) || parts.length !== 2) return undefined
    const [from, to] = parts.map((part) => value.read(part))
    return from !== undefined && to !== undefined && from <= to ? [from, to] : undefined
  },
  show: ([from, to]) => `${from}-${to}`,
}

const values = either<number | Span>(
  'a whole number from 0 to 65535, or two such as 1024-65535',
  (written) =>
    (Array.isArray(written) || (typeof written === 'string' && written.includes('-'))
      ? span
      : value) as Format<number | Span>,
)

/** Allows the text of a key or of its label. */
export const keyWord = text(
  'text of 1 to 63 characters',
  (written) => /^[^\p{Cc}]{1,63}$/u.test(written) && written.trim() === written,
  (written) => (typeof written === 'number' ? `put it in quotes: "${written}"` : undefined),
)

const field = text('the name of a field, such as ip.src', (written) => written !== '')

export const key: Format<KeySetting> = mapping<KeySetting>({
  fields: { format: listOf(field) },
  prefix: { format: prefix },
  ranges: { format: listOf(number('a whole number', Number.isInteger)) },
  keysets: { format: named('names of keys', listOf(values)) },
  rules: {
    format: listOf(
      mapping<RuleSetting>({
        if: {
          format: text('a filter such as "tcp port 80"', (filter) => /\S/.test(filter)),
          required: true,
        },
        key: { format: keyWord, required: true },
      }),
    ),
  },
})

interface Pair {
  readonly key: string
  readonly label: string
}

const pair = row<Pair>('a pair of texts: ["10.0.0.1", gateway]', (cells) =>
  cells.length === 2
    ? [
        { name: 'key', format: keyWord },
        { name: 'label', format: keyWord },
      ]
    : undefined,
)

const pairs = listOf(pair)
const labels = named('keys', keyWord)

/** Allows labels of keys as pairs or as a mapping; the value is a mapping, what comes later wins. */
export const keyinfo: Format<Readonly<Record<string, string>>> = {
  ...either<unknown>('a list of pairs of texts, or a mapping from keys to labels', (written) =>
    written === null || Array.isArray(written) ? pairs : labels,
  ),
  read(written) {
    if (written !== null && !Array.isArray(written)) return labels.read(written)
    const read = pairs.read(written)
    return read && Object.fromEntries(read.map(({ key, label }) => [key, label]))
  },
}
