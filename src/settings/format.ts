// SPDX-License-Identifier: Apache-2.0

/** What a setting's value may be, and how it is written. */
export interface Format<T> {
  /** What is allowed, to follow the word "expected". */
  readonly expected: string
  /** Reads what YAML, the environment or a flag holds, or a value read before; undefined when it does not fit. */
  read(written: unknown): T | undefined
  /** Writes a value the way users write it. */
  show(value: T): unknown
  /** Words to compare a misspelt one with. */
  readonly words?: readonly string[]
  /** Format of the items of a list of words. */
  readonly item?: Format<string>
  /** Shape of what is no single value, to find what is wrong inside it. */
  readonly structure?: Structure
  /** Says what to write instead of something that does not fit, where that is plain. */
  remedy?(written: unknown): string | undefined
}

/** How a value is made of others. */
export type Structure =
  | { readonly kind: 'mapping'; readonly fields: Readonly<Record<string, Field<unknown>>> }
  | { readonly kind: 'list'; readonly each: Format<unknown> }
  | { readonly kind: 'named'; readonly each: Format<unknown> }
  | { readonly kind: 'row'; columns(row: readonly unknown[]): readonly Column[] | undefined }
  | { readonly kind: 'either'; choose(written: unknown): Format<unknown> | undefined }

/** A place of a row: what stands there, and what it is called. */
export interface Column {
  readonly name: string
  readonly format: Format<unknown>
}

/** A key of a mapping. */
export interface Field<T> {
  readonly format: Format<T>
  /** Whether it must be there. */
  readonly required?: true
}

/** Allows one of a few words. */
export function choice<const T extends string>(words: readonly T[]): Format<T> {
  return {
    expected: `one of ${words.join(', ')}`,
    words,
    read: (written) => words.find((word) => word === written),
    show: (value) => value,
  }
}

/** Allows text that passes a test. */
export function text(
  expected: string,
  fits: (text: string) => boolean,
  remedy?: (written: unknown) => string | undefined,
): Format<string> {
  return {
    expected,
    read: (written) => (typeof written === 'string' && fits(written) ? written : undefined),
    show: (value) => value,
    ...(remedy && { remedy }),
  }
}

/** Allows a finite number, also as text, that passes a test. */
export function number(expected: string, fits: (number: number) => boolean): Format<number> {
  return {
    expected,
    read: (written) => {
      const number = readNumber(written)
      return number !== undefined && fits(number) ? number : undefined
    },
    show: (value) => value,
  }
}

/** Allows a whole number in a range. */
export function whole(least: number, most: number): Format<number> {
  return number(
    `a whole number from ${least} to ${most}`,
    (number) => Number.isInteger(number) && number >= least && number <= most,
  )
}

/** Allows true and false. */
export const yesOrNo: Format<boolean> = {
  expected: 'true or false',
  read: (written) =>
    written === true || written === 'true'
      ? true
      : written === false || written === 'false'
        ? false
        : undefined,
  show: (value) => value,
}

/** Allows a list of numbers, also as text with commas, that passes a test. */
export function numbers(
  expected: string,
  fits: (numbers: readonly number[]) => boolean,
): Format<readonly number[]> {
  return {
    expected,
    read: (written) => {
      const single = typeof written === 'number' ? [written] : items(written)
      const read = single?.map(readNumber).filter((each) => each !== undefined)
      return read && read.length === single?.length && fits(read) ? read : undefined
    },
    show: (value) => value,
  }
}

/** Allows null beside what another format allows. */
export function nullable<T>(format: Format<T>): Format<T | null> {
  return {
    ...format,
    expected: `${format.expected}, or null`,
    read: (written) => (written === null || written === 'null' ? null : format.read(written)),
    show: (value) => (value === null ? null : format.show(value)),
  }
}

/** Allows a list, also written as text with commas. */
export function list(item: Format<string>, least: 0 | 1): Format<readonly string[]> {
  return {
    expected: `a list${least === 1 ? ', not empty,' : ''} of: ${item.expected}`,
    item,
    read: (written) => {
      const values = items(written)
      const good = values?.map((value) => item.read(value)).filter((value) => value !== undefined)
      return good && good.length === values?.length && good.length >= least ? good : undefined
    },
    show: (value) => value,
  }
}

/** Splits a list as written into its items; undefined when it is no list. */
export function items(written: unknown): readonly unknown[] | undefined {
  if (Array.isArray(written)) return written
  if (typeof written === 'string') return written.split(',').map((item) => item.trim())
  return undefined
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

function readNumber(written: unknown): number | undefined {
  const number = typeof written === 'string' && NUMBER.test(written) ? Number(written) : written
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
