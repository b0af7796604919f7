// SPDX-License-Identifier: Apache-2.0
import { type AddressWords, addressText, addressWords, isIpv4, masked } from './address-text.ts'
import type { Field } from './fields.ts'
import type { Key } from './group.ts'
import { PROTOCOLS } from './resolvers/protocols.ts'

const NUMBERS = new Map([...PROTOCOLS].map(([number, name]) => [name, number]))

/** Writes a field's value; an address that is cut ends in `/` and the bits that are kept. */
export function valueText({ kind, bits }: Field, value: bigint, prefix: Key['prefix']): string {
  if (kind === 'address') {
    const address = { high: value >> 64n, low: value & 0xffff_ffff_ffff_ffffn }
    return addressText(address) + cutText(address, prefix)
  }
  if (kind === 'mac') {
    return (value.toString(16).padStart(12, '0').match(/../g) ?? []).join(':')
  }
  if (kind === 'ethertype') return `0x${value.toString(16).padStart(bits / 4, '0')}`
  if (kind === 'protocol') return PROTOCOLS.get(Number(value)) ?? String(value)
  return String(value)
}

/** Reads a field's value as `valueText` writes it, or as a number; undefined when it is none. */
export function readValue(field: Field, text: string, prefix: Key['prefix']): bigint | undefined {
  if (field.kind === 'address') return readAddress(text, prefix)
  if (field.kind === 'mac') {
    return /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text)
      ? BigInt(`0x${text.replaceAll(/[:-]/g, '')}`)
      : undefined
  }
  const number = field.kind === 'protocol' ? NUMBERS.get(text.toLowerCase()) : undefined
  const hexadecimal = field.kind === 'port' ? /^p-([0-9a-f]{4})$/i.exec(text)?.[1] : undefined
  const written = number ?? (hexadecimal === undefined ? text : `0x${hexadecimal}`)
  if (!/^(?:\d{1,5}|0x[0-9a-f]{1,4})$/i.test(String(written))) return undefined
  const value = BigInt(written)
  return value < 1n << BigInt(field.bits) ? value : undefined
}

/** Splits the first value off the pieces of a key's text; the bits that a cut address keeps are part of it. */
export function firstValue(
  { kind }: Field,
  [piece = '', next]: readonly string[],
  prefix: Key['prefix'],
): string {
  const address = kind === 'address' ? addressWords(piece) : undefined
  const cut = address ? cutText(address, prefix) : ''
  return cut !== '' && cut === `/${next}` ? piece + cut : piece
}

/** Writes how many bits of an address are kept, unless all are. */
function cutText(address: AddressWords, prefix: Key['prefix']): string {
  const [kept, all] = isIpv4(address) ? [prefix.ipv4, 32] : [prefix.ipv6, 128]
  return kept < all ? `/${kept}` : ''
}

function readAddress(text: string, prefix: Key['prefix']): bigint | undefined {
  const [, plain = '', length] = /^([^/]*)(?:\/(\d+))?$/.exec(text) ?? []
  const address = addressWords(plain)
  if (!address) return undefined
  if (length !== undefined && cutText(address, prefix) !== `/${length}`) return undefined
  const cut = masked(address, prefix)
  return (cut.high << 64n) | cut.low
}
