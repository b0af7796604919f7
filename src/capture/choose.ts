// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { CaptureError } from '../errors.ts'
import type { Addon } from '../native/binding.ts'
import { glob } from '../settings/glob.ts'
import { findInterface } from './open.ts'

/** Interface of the IPv4 default route with the lowest metric, else of the IPv6 one (proc(5): net/route, net/ipv6_route). */
export function defaultRouteInterface(): string | undefined {
  const rows = (file: string) => {
    try {
      return readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
    } catch {
      return []
    }
  }
  const ip4 = rows('/proc/self/net/route')
    .filter((row) => row[1] === '00000000' && row[7] === '00000000')
    .map((row) => ({ name: row[0], metric: Number(row[6]) }))
  const ip6 = rows('/proc/self/net/ipv6_route')
    .filter((row) => row[0] === '0'.repeat(32) && row[1] === '00' && row[9] !== 'lo')
    .map((row) => ({ name: row[9], metric: Number.parseInt(row[5] ?? '', 16) }))
  return [ip4, ip6]
    .map((routes) => routes.toSorted((a, b) => a.metric - b.metric)[0]?.name)
    .find(Boolean)
}

/** What the settings want to be counted. */
export interface Wanted {
  /** Names that were given as they are. */
  readonly names: readonly string[]
  /** Whether the interface of the default route is wanted. */
  readonly routed: boolean
  /** Whether there are patterns, which interfaces that come later may match. */
  readonly open: boolean
  /** Tells whether a pattern matches a name and no exclusion does. */
  matches(name: string): boolean
  /** Tells whether an exclusion matches a name. */
  excludes(name: string): boolean
}

/** Reads names, patterns, exclusions and `default-route`; exclusions alone leave all others. */
export function wantedInterfaces(settings: readonly string[]): Wanted {
  const exclusions = settings.filter((each) => each.startsWith('!')).map((each) => each.slice(1))
  const included = settings.filter((each) => !each.startsWith('!'))
  const all = included.length > 0 ? included : ['*']
  const patterns = all.filter((each) => /[*?]/.test(each))
  const [tests, excluded] = [patterns.map(glob), exclusions.map(glob)]
  const excludes = (name: string) => excluded.some((matches) => matches(name))
  const plain = all.filter((each) => !patterns.includes(each) && each !== 'default-route')
  return {
    names: [...new Set(plain)].filter((name) => !excludes(name)),
    routed: all.includes('default-route'),
    open: patterns.length > 0,
    matches: (name) => tests.some((matches) => matches(name)) && !excludes(name),
    excludes,
  }
}

/** Interfaces to begin with. */
export interface Chosen {
  /** Those given by name, and that of the default route. */
  readonly kept: readonly string[]
  /** Those that only a pattern matches. */
  readonly matched: readonly string[]
}

/**
 * Finds the wanted interfaces that are there; throws INTERFACE_MISSING on a name or a default route that is not, and where
 * nothing is left and no pattern may match later.
 */
export function presentInterfaces(addon: Addon, settings: readonly string[]): Chosen {
  const wanted = wantedInterfaces(settings)
  const all = addon.interfaces().map(({ name }) => name)
  const routed = wanted.routed ? [routedName(all)].filter((name) => !wanted.excludes(name)) : []
  const kept = [...new Set([...routed, ...wanted.names])]
  for (const name of wanted.names) findInterface(addon, name)
  const matched = all.filter((name) => wanted.matches(name) && !kept.includes(name))
  if (kept.length + matched.length === 0 && !wanted.open) throw nothing(addon, settings)
  return { kept, matched }
}

/** Turns names, patterns, exclusions and `default-route` into interfaces that exist; throws INTERFACE_MISSING otherwise. */
export function chooseInterfaces(addon: Addon, settings: readonly string[]): string[] {
  const { kept, matched } = presentInterfaces(addon, settings)
  const names = [...kept, ...matched]
  if (names.length === 0) throw nothing(addon, settings)
  return names
}

function nothing(addon: Addon, settings: readonly string[]): CaptureError {
  const all = addon.interfaces().map(({ name }) => name)
  return new CaptureError(
    'INTERFACE_MISSING',
    `interfaces: ${settings.join(', ')} matches none of ${all.join(', ')}; name one with -i.`,
  )
}

function routedName(all: readonly string[]): string {
  const name = defaultRouteInterface()
  if (name !== undefined) return name
  throw new CaptureError(
    'INTERFACE_MISSING',
    `default-route: there is no default route; name an interface with -i: ${all.join(', ')}.`,
  )
}
