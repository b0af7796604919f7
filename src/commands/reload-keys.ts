// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util'
import { keys, type Settings } from '../settings/settings.ts'

/** Sections that take effect while the program runs; all others do at the next start. */
const LIVE = [
  'statistics',
  'spot',
  'counters',
  'user_statistics',
  'counter_groups',
  'log',
] as const satisfies readonly (keyof Settings)[]

/** What differs between two settings, by paths of the keys. */
export interface ChangedKeys {
  /** Those that take effect at once. */
  readonly live: readonly string[]
  /** Those that wait for the next start. */
  readonly late: readonly string[]
}

/** Finds what differs between the settings in force and others. */
export function changedKeys(running: Settings, next: Settings): ChangedKeys {
  const changed = keys
    .map(({ path }) => path)
    .filter((path) => !isDeepStrictEqual(valueAt(running, path), valueAt(next, path)))
  const isLive = (path: string): boolean => LIVE.some((section) => section === path.split('.')[0])
  return { live: changed.filter(isLive), late: changed.filter((path) => !isLive(path)) }
}

/** Gives the settings in force with those of the others that take effect at once. */
export function withLive(running: Settings, next: Settings): Settings {
  const live = Object.fromEntries(LIVE.map((section) => [section, next[section]]))
  return Object.freeze({ ...running, ...live })
}

function valueAt(settings: Settings, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings)
}
