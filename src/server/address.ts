// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net'
import { PktspotError } from '../errors.ts'

/** Where to listen. */
export interface ListenAddress {
  /** Address or name, IPv6 without brackets; empty: every address of the machine. */
  readonly host: string
  /** 0: the system chooses. */
  readonly port: number
  /** Passed over, with a log line, on a machine without such an address. */
  readonly optional: boolean
}

/** Reads `host:port`, `[v6]:port` or `:port`; throws a `PktspotError` LISTEN. */
export function parseListenAddress(text: string, optional = false): ListenAddress {
  const [, v6, name = '', digits = ''] =
    /^(?:\[([^[\]]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > 65_535 || (v6 !== undefined && !isIPv6(v6))) {
    throw new PktspotError(
      'LISTEN',
      `${JSON.stringify(text)} is not a listen address. Write host:port, [IPv6 address]:port or :port, with a port from 0 to 65535.`,
    )
  }
  return { host: v6 ?? name, port, optional }
}

/** Writes an address as users do. */
export function addressText({ host, port }: Pick<ListenAddress, 'host' | 'port'>): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}
