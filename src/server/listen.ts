// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events'
import type { Server } from 'node:net'
import { PktspotError } from '../errors.ts'
import { addressText, type ListenAddress } from './address.ts'

const ELSEWHERE = 'Choose another with --web.listen-address.'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: `another program listens there. Stop it, or choose another port with --web.listen-address.`,
  EADDRNOTAVAIL: `this machine does not have the address. ${ELSEWHERE}`,
  EAFNOSUPPORT: `this machine has no IPv6. ${ELSEWHERE}`,
  EACCES: `ports below 1024 need CAP_NET_BIND_SERVICE. Choose a higher port with --web.listen-address.`,
  ENOTFOUND: `the name has no address. ${ELSEWHERE}`,
}

/** What the system says of an address that the machine lacks altogether. */
const LACKING: readonly unknown[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

/**
 * Starts a server and gives its address with the port in use; undefined for an optional address that the machine
 * lacks, told to `warn`. Any other failure is a `PktspotError` LISTEN.
 */
export async function listen(
  server: Server,
  address: ListenAddress,
  warn: (line: string) => void,
): Promise<string | undefined> {
  const { host, port, optional } = address
  try {
    server.listen(host === '' ? { port } : { host, port })
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
    if (optional && LACKING.includes(code)) {
      warn(
        `not listening on ${addressText(address)}: this machine does not have the address (${code})`,
      )
      return undefined
    }
    const reason = REASONS[code] ?? `${error}. ${ELSEWHERE}`
    throw new PktspotError(
      'LISTEN',
      `not listening on ${addressText(address)}: ${code}: ${reason}`,
      {
        cause: error,
      },
    )
  }
  return boundAddress(server, host)
}

/** Starts a server on a listening socket that was passed as a descriptor, and gives its address. */
export async function listenOn(server: Server, fd: number): Promise<string> {
  try {
    server.listen({ fd })
    await once(server, 'listening')
  } catch (cause) {
    const message = `descriptor ${fd} is no socket to listen on: ${cause}. Look at the socket unit.`
    throw new PktspotError('LISTEN', message, { cause })
  }
  return boundAddress(server, '')
}

/* under the name that it was asked for, and with the port in use; not known of a passed socket of the file system */
function boundAddress(server: Server, host: string): string {
  const bound = server.address()
  if (typeof bound === 'string' || !bound) return bound || 'a socket of the file system'
  return addressText({ host: host === '' ? bound.address : host, port: bound.port })
}
