// SPDX-License-Identifier: Apache-2.0
import { isIPv4 } from 'node:net'

/** What a request says of where it comes from and goes to. */
export interface Origins {
  readonly method: string | undefined
  /** Host, or `:authority` of HTTP/2. */
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Sec-Fetch-Site, -Mode and -Dest, which browsers set and scripts cannot. */
  readonly site: string | undefined
  readonly mode: string | undefined
  readonly dest: string | undefined
}

/**
 * Tells why a request that a foreign page makes in somebody's browser is refused; undefined when it is let pass.
 * Following a link to a page here is no such request.
 */
export function foreignness(request: Origins): string | undefined {
  const { method, host, origin, site, mode, dest } = request
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return undefined
    const isLink = mode === 'navigate' && dest === 'document' && method === 'GET'
    return isLink ? undefined : 'requests from other sites are refused'
  }
  if (origin === undefined || hostOf(origin) === host?.toLowerCase()) return undefined
  return 'requests from other origins are refused'
}

/**
 * Tells why a name is refused on a server that only this machine can reach: a page whose name was made to point here
 * (DNS rebinding) sends that name.
 */
export function rebinding(host: string | undefined): string | undefined {
  if (host === undefined || isLoopback(host.replace(/:\d*$/, ''))) return undefined
  return 'the server listens on this machine only and answers to the name localhost and loopback addresses'
}

/** Tells a name or address of this machine itself; IPv6 with brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '[::1]') return true
  return (isIPv4(name) && name.startsWith('127.')) || name.startsWith('[::ffff:127.')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
