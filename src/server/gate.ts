// SPDX-License-Identifier: Apache-2.0
import type { Server as HttpServer } from 'node:http'
import type { Http2Server } from 'node:http2'
import type { Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import type { Connections } from './connections.ts'
import { clientRefusal } from './web-config/client-certificate.ts'
import type { KeptWebConfig } from './web-config/kept.ts'
import type { TlsPlan } from './web-config/tls-plan.ts'

/** Who speaks with a connection once it is let in. */
export interface Speakers {
  readonly http1: HttpServer
  readonly http2: Http2Server
}

/**
 * Makes what is done with a connection, which must come paused: counted, secured as the web configuration says at this
 * moment, and handed to HTTP.
 */
export function createGate(
  { current }: KeptWebConfig,
  connections: Connections,
  speakers: Speakers,
): (socket: Socket) => void {
  let secured: { plan: TlsPlan; server: TlsServer } | undefined
  const serverOf = (plan: TlsPlan): TlsServer => {
    if (secured?.plan !== plan) secured = { plan, server: tlsServer(plan, speakers) }
    return secured.server
  }
  return (socket) => {
    socket.on('error', () => {})
    connections.add(socket)
    current().then(
      ({ config: { tls } }) => {
        if (socket.destroyed) return
        if (!tls) {
          speakers.http1.emit('connection', socket)
        } else if (socket.remotePort === undefined) {
          /* sockets of the file system are told apart by nothing that is seen above TLS */
          socket.destroy()
        } else {
          socket.allowHalfOpen = false
          serverOf(tls).emit('connection', socket)
        }
        socket.resume()
      },
      () => socket.destroy(),
    )
  }
}

/* never listens: connections are given to it */
function tlsServer(plan: TlsPlan, { http1, http2 }: Speakers): TlsServer {
  return createTlsServer(plan.options, (socket: TLSSocket) => {
    if (clientRefusal(socket, plan) !== undefined) socket.destroy()
    else (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket)
  })
}
