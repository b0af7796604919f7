// SPDX-License-Identifier: Apache-2.0
import { inspect } from 'node:util'
import type { Format } from '../../settings/format.ts'
import type { Twig } from '../../settings/twig.ts'

const UNTOLD = { [inspect.custom]: () => 'something else (not shown)' }

/**
 * Hides values that do not fit their format from messages: where a hash belongs, a careless user writes the password
 * itself. `*` in a path stands for any name.
 */
export function discreet(
  twig: Twig,
  secrets: Readonly<Record<string, Format<unknown>>>,
  path = '',
): Twig {
  const secret = Object.hasOwn(secrets, path) ? secrets[path] : undefined
  const inner = Object.keys(secrets).some((each) => each.startsWith(path ? `${path}.` : ''))
  const entries = twig.entries()
  if (secret && secret.read(twig.value) === undefined) return { ...twig, value: UNTOLD }
  if (!inner) return twig
  if (!entries) return path && twig.value !== null ? { ...twig, value: UNTOLD } : twig
  const child = (name: string): string => {
    const any = path ? `${path}.*` : '*'
    return Object.hasOwn(secrets, any) ? any : path ? `${path}.${name}` : name
  }
  return {
    ...twig,
    entries: () =>
      entries.map((entry) => ({
        ...entry,
        twig: discreet(entry.twig, secrets, child(entry.name)),
      })),
  }
}
