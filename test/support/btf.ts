// SPDX-License-Identifier: Apache-2.0
import { join } from './bytes.ts'

export const KIND = { struct: 4, union: 5, enum: 6, typedef: 8, const: 10 } as const

/** A type of a file in the format BTF (Documentation/bpf/btf.rst). */
export interface BtfType {
  readonly kind: number
  readonly name?: string
  /** Offsets of members are in bits, the upper byte a bit field's width. */
  readonly packed?: boolean
  /** Size, or the number of the type that it is a name for. */
  readonly size?: number
  /** Members: name, type, offset in bits. Values of an enum: name, number. */
  readonly entries?: readonly (readonly [string, number] | readonly [string, number, number])[]
}

/** Writes types; the first has the number 1. */
export function btf(types: readonly BtfType[]): Uint8Array {
  let strings = '\0'
  const text = (value: string): number => {
    if (value === '') return 0
    const at = strings.length
    strings += `${value}\0`
    return at
  }
  const written = types.map(({ kind, name = '', packed = false, size = 0, entries = [] }) => {
    const info = (packed ? 2 ** 31 : 0) + kind * 2 ** 24 + entries.length
    const rest = entries.flatMap(([entry, ...numbers]) => [text(entry), ...numbers])
    return words([text(name), info, size, ...rest])
  })
  const body = join(...written)
  const all = new TextEncoder().encode(strings)
  const magic = Uint8Array.of(0x9f, 0xeb, 1, 0)
  return join(magic, words([24, 0, body.length, body.length, all.length]), body, all)
}

function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (const [at, value] of values.entries()) view.setUint32(4 * at, value, true)
  return new Uint8Array(view.buffer)
}
