// SPDX-License-Identifier: Apache-2.0
import type { Column, Format } from './format.ts'

/** Allows a list whose places have names: `[0, COUNTER, 10]`; the value is an object. */
export function row<T extends object>(
  expected: string,
  columns: (row: readonly unknown[]) => readonly Column[] | undefined,
  remedy?: (written: unknown) => string | undefined,
): Format<T> {
  return {
    expected,
    structure: { kind: 'row', columns },
    ...(remedy && { remedy }),
    read(written) {
      const named = Array.isArray(written) ? columns(written) : undefined
      if (!Array.isArray(written) || !named) return undefined
      const values = named.map(({ name, format }, index) => [name, format.read(written[index])])
      return values.some(([, value]) => value === undefined)
        ? undefined
        : (Object.fromEntries(values) as T)
    },
    show: (value) => value,
  }
}
