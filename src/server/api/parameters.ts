// SPDX-License-Identifier: Apache-2.0
import type { Latest } from '../../exporters/latest.ts'
import { nearest } from '../../settings/suggest.ts'
import { RequestError } from './request-error.ts'

/** A request's parameters by name, each given once. */
export type Parameters = ReadonlyMap<string, string>

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Reads the parameters; refuses an unknown one and one given twice with 400. */
export function readParameters(query: URLSearchParams, known: readonly string[]): Parameters {
  const parameters = new Map<string, string>()
  for (const [name, text] of query) {
    if (!known.includes(name)) throw new RequestError(400, unknown('parameter', name, known))
    if (parameters.has(name)) throw new RequestError(400, `${name} is given twice`)
    parameters.set(name, text)
  }
  return parameters
}

/** Reads a finite number; undefined when it is not given, 400 on anything else. */
export function numberOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const value = NUMBER.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  throw new RequestError(400, `${name}: ${JSON.stringify(text)} is not a number`)
}

/** Reads one of several names; undefined when it is not given, 400 on anything else. */
export function oneOf(
  parameters: Parameters,
  name: string,
  known: readonly string[],
): string | undefined {
  const text = parameters.get(name)
  if (text === undefined || known.includes(text)) return text
  throw new RequestError(400, unknown(name, text, known))
}

/** Reads the name of an interface. */
export function sourceOf(parameters: Parameters, { sources }: Latest): string | undefined {
  const names = sources.map(({ name }) => name)
  return oneOf(parameters, 'interface', names)
}

/** Reads the length of a window in seconds; 400 on one that no window has. */
export function periodOf(parameters: Parameters, { periods }: Latest): number | undefined {
  const period = numberOf(parameters, 'window')
  if (period === undefined || periods.includes(period)) return period
  const lengths = periods.join(', ')
  throw new RequestError(400, `window: no window is ${period} seconds long; there are ${lengths}`)
}

/** Says that there is no such name, and which one was probably meant or which there are. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  const help = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`
  return `no ${what} is named ${JSON.stringify(name)}; ${help}`
}

/** Decodes a name in a path; what is no encoding stands for itself, and names nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
