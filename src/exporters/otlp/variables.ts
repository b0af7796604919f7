// SPDX-License-Identifier: Apache-2.0
import { PktspotError } from '../../errors.ts'
import { shown } from '../../settings/layer.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** How the text of a variable is read. */
export interface Reading<T> {
  /** What is allowed, to follow the word "expected". */
  readonly expected: string
  /** Reads the trimmed text; undefined when it does not fit. */
  read(text: string, variable: string): T | undefined
  /** Whether the text is to be kept out of messages. */
  readonly secret?: true
}

/** Reads variables and gathers what is wrong with them. */
export interface Variables {
  /** Value of the first of these variables that is set; one that is set but empty counts as not set. */
  first<T>(names: readonly string[], reading: Reading<T>): T | undefined
  /** Notes a mistake that lies between variables. */
  fault(text: string): void
  /** Throws one SETTINGS error that lists every mistake, one a line. */
  refuse(): void
}

/** Reads variables of this environment. */
export function variablesOf(environment: Environment): Variables {
  const faults: string[] = []
  return {
    first(names, { expected, read, secret }) {
      const name = names.find((each) => environment[each]?.trim())
      const text = name && environment[name]?.trim()
      if (!name || !text) return undefined
      const value = read(text, name)
      const got = secret ? 'what does not fit' : shown(text)
      if (value === undefined) faults.push(`${name}: got ${got}; expected ${expected}`)
      return value
    },
    fault: (text) => void faults.push(text),
    refuse() {
      if (faults.length > 0) throw new PktspotError('SETTINGS', faults.join('\n'))
    },
  }
}

/** One of a few words, in either case. */
export function word<const T extends string>(words: readonly T[]): Reading<T> {
  return {
    expected: `one of ${words.join(', ')}`,
    read: (text) => words.find((each) => each === text.toLowerCase()),
  }
}

/** A length of time in milliseconds, no longer than a timer can be. */
export const milliseconds: Reading<number> = {
  expected: 'a whole number of milliseconds from 1 to 2147483647',
  read: (text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
    return number >= 1 && number <= 2_147_483_647 ? number : undefined
  },
}

/** Pairs `name=value,name=value`, values percent-encoded, as in W3C Baggage. */
export function pairs(
  what: string,
  fits: (name: string, value: string) => boolean,
): Omit<Reading<Readonly<Record<string, string>>>, 'secret'> {
  return {
    expected: `${what}: name=value,name=value with %-encoded values`,
    read(text) {
      const read = text
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
        .map(pair)
      const good = read.filter((each) => each !== undefined)
      const whole = good.length === read.length && good.every(([name, value]) => fits(name, value))
      return whole ? Object.fromEntries(good) : undefined
    },
  }
}

function pair(text: string): [name: string, value: string] | undefined {
  const at = text.indexOf('=')
  if (at < 1) return undefined
  try {
    return [
      decodeURIComponent(text.slice(0, at).trim()),
      decodeURIComponent(text.slice(at + 1).trim()),
    ]
  } catch {
    return undefined
  }
}
