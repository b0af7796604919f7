// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net'
import { text } from './format.ts'

/** Where a server listens. */
export interface ListenAddress {
  /** Address or name without brackets; undefined: every address of the machine. */
  readonly host: string | undefined
  /** TCP port; 0 lets the kernel choose one. */
  readonly port: number
}

const NAME = /^(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/

/** Reads `host:port`, `[v6]:port` or `:port`; undefined when it is none of them. */
export function parseListenAddress(written: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(written) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return undefined
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined
  if (!plain) return { host: undefined, port }
  const numeric = /^[\d.]+$/.test(plain)
  return (numeric ? isIPv4(plain) : NAME.test(plain)) ? { host: plain, port } : undefined
}

/** Allows an address to listen on. */
export const listenAddress = text(
  'host:port, [IPv6 address]:port or :port, the port from 0 to 65535',
  (address) => parseListenAddress(address) !== undefined,
  (written) => {
    const [, v6, port] = /^([^[\]]*:[^[\]]*):(\d+)$/.exec(String(written)) ?? []
    if (v6 !== undefined && isIPv6(v6)) return `write [${v6}]:${port}`
    return /^\d{1,5}$/.test(String(written)) ? `write :${written} to listen everywhere` : undefined
  },
)
