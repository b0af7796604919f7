// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { POLICY } from './landing.ts'
import { type Answer, plain, type Route } from './routes.ts'

const METHODS: readonly unknown[] = ['GET', 'HEAD']

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Makes the handler of all requests; a route that fails answers 500 and is told to `warn`. */
export function handler(
  routes: ReadonlyMap<string, Route>,
  warn: (line: string) => void,
): RequestListener {
  return (request, response) => {
    const path = pathOf(request)
    answer(request, routes.get(path)).then(
      (answered) => send(response, request, answered),
      (error: unknown) => {
        warn(`${path}: not answered: ${error}`)
        send(response, request, plain(500, 'internal error: see the log'))
      },
    )
  }
}

async function answer(request: IncomingMessage, route: Route | undefined): Promise<Answer> {
  if (!route) return plain(404, 'not found')
  if (!METHODS.includes(request.method)) return plain(405, 'method not allowed')
  if (hasBody(request)) return plain(413, 'no request body is accepted')
  return route()
}

function send(response: ServerResponse, request: IncomingMessage, { status, type, body }: Answer) {
  const more = {
    ...(status === 405 && { Allow: METHODS.join(', ') }),
    /* a body that is not read would be taken for the next request */
    ...(hasBody(request) && { Connection: 'close' }),
  }
  const length = Buffer.byteLength(body)
  response.writeHead(status, {
    ...HEADERS,
    ...more,
    'Content-Type': type,
    'Content-Length': length,
  })
  response.end(body)
}

/* both forms of RFC 9112 section 3.2: `/path?query` and `http://host/path?query` */
function pathOf({ url = '' }: IncomingMessage): string {
  const path = url.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')
  return path === '' ? '/' : path
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
