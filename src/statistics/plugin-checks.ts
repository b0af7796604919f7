// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import { shown } from '../settings/layer.ts'
import { isStatisticName, valueRange } from '../settings/user-statistics.ts'
import { counterMistake } from './select.ts'

/** Most counters of one statistic, and most characters of its texts. */
const COUNTERS_LIMIT = 64
const TEXT_LIMIT = 200

const KEYS = ['name', 'requirement', 'counters', 'compute', 'help', 'unit', 'tails', 'range']

/** Finds what keeps a value that a plugin exports from being a statistic; undefined when nothing does. */
export function pluginMistake(value: unknown, catalog: Catalog): string | undefined {
  if (typeof value !== 'object' || value === null)
    return `got ${shown(value)}; expected a statistic`
  const given = Object.fromEntries(KEYS.map((key) => [key, Reflect.get(value, key) as unknown]))
  const { name, compute, tails, range } = given
  if (typeof name !== 'string' || !isStatisticName(name)) {
    return `name: got ${shown(name)}; expected a letter and up to 63 letters, digits and _`
  }
  const of = (text: string): string => `statistic ${name}: ${text}`
  if (given['requirement'] !== undefined && given['counters'] !== undefined) {
    return of('requirement and counters mean the same; give one of them')
  }
  const counters = requirementMistake(given['requirement'] ?? given['counters'], catalog)
  if (counters !== undefined) return of(`requirement: ${counters}`)
  if (typeof compute !== 'function') {
    return of(`compute: got ${shown(compute)}; expected a function of the counters' values`)
  }
  if (compute.constructor.name === 'AsyncFunction') {
    return of('compute: got an async function; expected one that returns its number at once')
  }
  for (const key of ['help', 'unit']) {
    const text = given[key]
    if (text === undefined || (typeof text === 'string' && isLine(text))) continue
    return of(`${key}: got ${shown(text)}; expected one line of at most ${TEXT_LIMIT} characters`)
  }
  if (tails !== undefined && !isTails(tails)) {
    return of(`tails: got ${shown(tails)}; expected a list of 'lower' and 'upper', or an empty one`)
  }
  if (range !== undefined && valueRange.read(range) === undefined) {
    return of(`range: got ${shown(range)}; expected ${valueRange.expected}`)
  }
  return undefined
}

function requirementMistake(names: unknown, catalog: Catalog): string | undefined {
  if (!Array.isArray(names) || names.length === 0 || names.length > COUNTERS_LIMIT) {
    return `got ${shown(names)}; expected a list of 1 to ${COUNTERS_LIMIT} names of counters`
  }
  const wrong = names.map((name) => counterMistake(String(name), catalog))
  return wrong.find((mistake) => mistake !== undefined)
}

function isLine(text: string): boolean {
  return text.length <= TEXT_LIMIT && !/\p{Cc}/u.test(text)
}

function isTails(tails: unknown): boolean {
  return Array.isArray(tails) && tails.every((tail) => tail === 'lower' || tail === 'upper')
}
