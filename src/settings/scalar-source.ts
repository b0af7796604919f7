// SPDX-License-Identifier: Apache-2.0

/** A text as it stands in a YAML file. */
interface Scalar {
  readonly value: unknown
  readonly type?: string | undefined
  /** Offsets of its first character and after its last. */
  readonly range?: readonly [number, number, number] | null | undefined
}

const BLANK = /\s/

/** Escapes of double-quoted text that stand for a blank, or for nothing at the end of a line. */
const BLANK_ESCAPES = ' tnvfr_LP\t\n\r'
/** Hexadecimal digits after the letter of an escape. */
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/**
 * Finds where the character at an offset of a scalar's text stands in the file. Quoting, folding and
 * indentation change blanks only, so the characters between them are counted; a blank's own place is
 * not told.
 */
export function offsetInSource(
  file: string,
  { value, type, range }: Scalar,
  offset: number,
): number {
  const [start = 0, end = start] = range ?? []
  const before = String(value).slice(0, offset).replaceAll(/\s/g, '').length
  const quoted = type?.startsWith('QUOTE') === true
  const from = type?.startsWith('BLOCK') ? file.indexOf('\n', start) + 1 : start + Number(quoted)
  const to = quoted ? end - 1 : end
  let seen = 0
  let after = from
  for (let at = from; at < to; ) {
    const { length, units } = step(file, at, type)
    if (units > 0) {
      if (seen >= before) return at
      seen += units
      after = at + length
    }
    at += length
  }
  return after
}

/** Length of the piece of source at an offset, and how many characters it adds that are no blanks. */
function step(
  file: string,
  at: number,
  type: string | undefined,
): { length: number; units: number } {
  const character = file.charAt(at)
  if (type === 'QUOTE_SINGLE' && character === "'") return { length: 2, units: 1 }
  if (type !== 'QUOTE_DOUBLE' || character !== '\\') {
    return { length: 1, units: BLANK.test(character) ? 0 : 1 }
  }
  const letter = file.charAt(at + 1)
  const digits = DIGITS[letter]
  if (digits === undefined) return { length: 2, units: BLANK_ESCAPES.includes(letter) ? 0 : 1 }
  const written = String.fromCodePoint(Number.parseInt(file.slice(at + 2, at + 2 + digits), 16))
  return { length: 2 + digits, units: BLANK.test(written) ? 0 : written.length }
}
