// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util'
import type { Key } from './setting.ts'
import type { Twig } from './twig.ts'

/** Where something was written. */
export interface Place {
  /** For messages: `file:line:column`, an environment variable or a flag. */
  readonly name: string
  /** For where a value comes from: the same without the column. */
  readonly origin: string
  /** Offset in the file; sorts messages. */
  readonly order: number
}

/** A value as users wrote it. */
export interface Written {
  readonly key: Key
  readonly value: unknown
  readonly place: Place
  /** Places of a list's items, where they are known. */
  readonly items?: readonly Place[]
  /** What stands in the file. */
  readonly twig?: Twig
}

/** A mistake: one line of the report. */
export interface Fault {
  readonly place: Place
  readonly text: string
}

/** What one of file, environment and flags holds; a later layer wins. */
export interface Layer {
  readonly written: readonly Written[]
  readonly faults: readonly Fault[]
}

/** Words a mistake in the one form that all of them have. */
export function fault(
  place: Place,
  path: string,
  got: string,
  advice: { expected: string; near?: string | undefined; remedy?: string | undefined },
): Fault {
  const parts = [`${path}: got ${got}`, `expected ${advice.expected}`]
  if (advice.near !== undefined) parts.push(`did you mean ${advice.near}?`)
  if (advice.remedy !== undefined) parts.push(advice.remedy)
  return { place, text: parts.join('; ') }
}

/** Shows a value in a message, in one line and cut to a bearable length. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 8 })
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
