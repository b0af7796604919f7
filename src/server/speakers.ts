// SPDX-License-Identifier: Apache-2.0
import { createServer as createHttp1, type RequestListener } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import type { Connections } from './connections.ts'
import type { Speakers } from './gate.ts'
import type { Handler } from './handle.ts'

/** Most bytes of a request's headers. */
const HEADER_BYTES = 8 * 1024

/** Milliseconds without a request that the other side is told of; they end before the connection is dropped. */
const IDLE = 20_000

/** Milliseconds without traffic on a connection: a reader that stalls is dropped. */
const STALLED = 30_000

/** Requests of one connection of HTTP/2 at once. */
const STREAMS = 32

/** Makes the servers that speak HTTP/1.1 and HTTP/2 on connections that are given to them; they listen to nothing. */
export function createSpeakers(handle: Handler, { begin }: Connections): Speakers {
  const http1 = createHttp1({ maxHeaderSize: HEADER_BYTES, keepAliveTimeout: IDLE })
  const listener: RequestListener = (request, response) => {
    response.once('close', begin(request.socket))
    handle(request, response)
  }
  http1.on('request', listener)
  /* answered like any request, so that `Expect: 100-continue` does not invite a body */
  http1.on('checkContinue', listener)
  http1.setTimeout(STALLED)

  const http2 = createHttp2({
    settings: {
      enablePush: false,
      maxConcurrentStreams: STREAMS,
      maxHeaderListSize: HEADER_BYTES,
    },
  })
  http2.on('session', (session) => {
    /* the session's socket may be gone when a stream is told of */
    const { remoteAddress, remotePort, localPort } = session.socket
    const remote = { remoteAddress, remotePort, localPort }
    session.on('stream', (stream) => void stream.once('close', begin(remote)))
  })
  http2.on('request', handle)
  http2.on('checkContinue', handle)
  http2.on('sessionError', () => {})
  http2.setTimeout(STALLED)
  return { http1, http2 }
}
