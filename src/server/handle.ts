// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Answer, type Route, refusal } from './answer.ts'
import { POLICY } from './landing.ts'

const METHODS: readonly unknown[] = ['GET', 'HEAD']

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

/** Makes the handler of all requests; a route that fails answers 500 and is told to `warn`. */
export function handler(
  find: (path: string) => Route | undefined,
  warn: (line: string) => void,
): RequestListener {
  return (request, response) => {
    const [path, query] = target(request)
    answer(request, path, query, find(path)).then(
      (answered) => send(response, request, answered),
      (error: unknown) => {
        warn(`${path}: not answered: ${error}`)
        send(response, request, refusal(path, 500, 'internal error: see the log'))
      },
    )
  }
}

async function answer(
  request: IncomingMessage,
  path: string,
  query: string,
  route: Route | undefined,
): Promise<Answer> {
  if (!route) return refusal(path, 404, 'not found')
  if (!METHODS.includes(request.method)) return refusal(path, 405, 'method not allowed')
  if (hasBody(request)) return refusal(path, 413, 'no request body is accepted')
  return route(new URLSearchParams(query))
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

/* path and query; both forms of RFC 9112 section 3.2: `/path?query` and `http://host/path?query` */
function target({ url = '' }: IncomingMessage): [path: string, query: string] {
  const [, path = '', query = ''] =
    /^([^?]*)\??(.*)$/s.exec(url.replace(/^https?:\/\/[^/?]*/i, '')) ?? []
  return [path === '' ? '/' : path, query]
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
