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

/** Turns names, patterns, exclusions and `default-route` into interfaces that exist; throws INTERFACE_MISSING otherwise. */
export function chooseInterfaces(addon: Addon, wanted: readonly string[]): string[] {
  const all = addon.interfaces().map(({ name }) => name)
  const excluded = wanted.filter((each) => each.startsWith('!')).map((each) => glob(each.slice(1)))
  const included = wanted.filter((each) => !each.startsWith('!'))
  const chosen = (included.length > 0 ? included : ['*']).flatMap((each) => {
    if (each === 'default-route') return [routed(all)]
    if (/[*?]/.test(each)) return all.filter(glob(each))
    return [findInterface(addon, each).name]
  })
  const names = [...new Set(chosen)].filter((name) => !excluded.some((matches) => matches(name)))
  if (names.length > 0) return names
  throw new CaptureError(
    'INTERFACE_MISSING',
    `interfaces: ${wanted.join(', ')} matches none of ${all.join(', ')}; name one with -i.`,
  )
}

function routed(all: readonly string[]): string {
  const name = defaultRouteInterface()
  if (name !== undefined) return name
  throw new CaptureError(
    'INTERFACE_MISSING',
    `default-route: there is no default route; name an interface with -i: ${all.join(', ')}.`,
  )
}
