// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What plugins define. */
export type Kind = 'counter' | 'statistic' | 'group'

/** A value that a plugin exports. */
export interface Exported {
  /** `default export[1]`. */
  readonly where: string
  readonly kind: Kind
  readonly value: unknown
}

/** Names of the exports that hold a definition or a list of them. */
const EXPORTS = ['default', 'counters', 'statistics', 'groups'] as const

/**
 * Imports a plugin and gives what it defines; throws with a message that tells why it cannot. With an instance, the
 * module is evaluated anew and has state of its own (a CommonJS module is not).
 */
export async function importPlugin(path: string, instance?: string): Promise<readonly Exported[]> {
  const module: Record<string, unknown> = await load(path, instance)
  const given = EXPORTS.filter((name) => module[name] !== undefined)
  if (given.length === 0) {
    throw new TypeError(
      'exports nothing; expected counters, statistics or groups as its default export',
    )
  }
  return given.flatMap((name) => {
    const value = module[name]
    const where = name === 'default' ? 'default export' : `export ${name}`
    const kind = (each: unknown): Kind =>
      name === 'counters' ? 'counter' : name === 'groups' ? 'group' : kindOf(each)
    if (!Array.isArray(value)) return [{ where, kind: kind(value), value }]
    return value.map((each, index) => ({
      where: `${where}[${index}]`,
      kind: kind(each),
      value: each,
    }))
  })
}

function kindOf(value: unknown): Kind {
  if (typeof value !== 'object' || value === null) return 'statistic'
  const has = (...keys: readonly string[]): boolean => keys.some((key) => key in value)
  if (has('control', 'meters')) return 'group'
  return has('process', 'layer', 'value', 'reset') ? 'counter' : 'statistic'
}

async function load(path: string, instance: string | undefined): Promise<Record<string, unknown>> {
  const url = pathToFileURL(resolve(path))
  if (instance !== undefined) url.searchParams.set('interface', instance)
  try {
    return await import(url.href)
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new Error(`cannot be loaded: ${reason}`, { cause })
  }
}
