// SPDX-License-Identifier: Apache-2.0
import { isIPv6 } from 'node:net'
import { PktspotError } from '../errors.ts'
import { listenAddress, parseListenAddress as readAddress } from '../settings/listen-address.ts'

/** Where to listen. */
export interface ListenAddress {
  /** Address or name, IPv6 without brackets; empty: every address of the machine. */
  readonly host: string
  /** 0: the system chooses. */
  readonly port: number
  /** Passed over, with a log line, on a machine without such an address. */
  readonly optional: boolean
}

/** Reads `host:port`, `[v6]:port` or `:port` as the settings do; throws a `PktspotError` LISTEN. */
export function parseListenAddress(text: string, optional = false): ListenAddress {
  const found = readAddress(text)
  if (found) return { host: found.host ?? '', port: found.port, optional }
  throw new PktspotError(
    'LISTEN',
    `${JSON.stringify(text)} is not a listen address. Write ${listenAddress.expected}.`,
  )
}

/** Writes an address as users do. */
export function addressText({ host, port }: Pick<ListenAddress, 'host' | 'port'>): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}
