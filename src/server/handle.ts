// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Admission, Applicant } from './admission.ts'
import { type Answer, refusal } from './answer.ts'
import { gzipped, isCompressible, prefersGzip } from './encoding.ts'
import { POLICY } from './page/policy.ts'
import { methodsAt, type Routes, routeOf } from './routes.ts'

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/** Answers requests of HTTP/1.1 and HTTP/2. */
export type Handler = (request: Request, response: Response) => void

export interface HandlerOptions {
  readonly routes: Routes
  admit(applicant: Applicant): Promise<Admission>
  /** How many scrapes may be answered at once; 0: any number. */
  readonly maxScrapes: number
  warn(line: string): void
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  Vary: 'Accept, Accept-Encoding',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const

/** Makes the handler of all requests; a route that fails answers 500 and is told to `warn`. */
export function handler({ routes, admit, maxScrapes, warn }: HandlerOptions): Handler {
  let scrapes = 0

  const answer = async (request: Request, path: string, query: string): Promise<Answer> => {
    const route = routeOf(routes, path, request.method)
    const methods = methodsAt(routes, path)
    if (methods.length === 0) return refusal(path, 404, 'not found')
    if (!route) return refusal(path, 405, 'method not allowed', { Allow: methods.join(', ') })
    if (hasBody(request)) return refusal(path, 413, 'no request body is accepted')
    return route(new URLSearchParams(query), request.headers.accept)
  }
  const limited = async (
    request: Request,
    response: Response,
    [path, query]: Target,
  ): Promise<Answer> => {
    if (path !== routes.telemetryPath) return answer(request, path, query)
    if (maxScrapes > 0 && scrapes >= maxScrapes) {
      return refusal(path, 503, `${maxScrapes} scrapes are being answered: try again later`, {
        'Retry-After': '1',
      })
    }
    scrapes++
    response.once('close', () => scrapes--)
    return answer(request, path, query)
  }
  const whole = async (request: Request, response: Response): Promise<void> => {
    let isGone = false
    response.once('close', () => {
      isGone = true
    })
    const target = targetOf(request)
    const { refused, config } = await admit(applicant(request, target[0]))
    if (isGone) return
    const answered = refused ?? (await limited(request, response, target).catch(failed(target[0])))
    const zipped = await encoded(answered, request.headers['accept-encoding'])
    if (!isGone) send(request, response, { ...zipped, configured: config.headers })
  }
  const failed = (path: string) => (error: unknown) => {
    warn(`${path}: not answered: ${error}`)
    return refusal(path, 500, 'internal error: see the log')
  }
  return (request, response) => {
    whole(request, response).catch((error: unknown) => {
      warn(`a request was not answered: ${error}`)
      response.destroy()
    })
  }
}

interface Encoded extends Answer {
  readonly body: Uint8Array
}

async function encoded(answer: Answer, accepted: string | string[] | undefined): Promise<Encoded> {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const wants = isCompressible(answer.type, body.length) && prefersGzip(String(accepted ?? ''))
  if (!wants) return { ...answer, body }
  return {
    ...answer,
    headers: { ...answer.headers, 'Content-Encoding': 'gzip' },
    body: await gzipped(body),
  }
}

function send(
  request: Request,
  response: Response,
  answer: Encoded & { configured: Readonly<Record<string, string>> },
): void {
  const { status, type, headers, body, configured } = answer
  const all = { ...HEADERS, 'Content-Type': type, ...headers, ...configured }
  response.statusCode = status
  for (const [name, value] of Object.entries(all)) if (value !== '') response.setHeader(name, value)
  response.setHeader('Content-Length', body.length)
  const isCut = hasBody(request)
  /* a body that is not read would be taken for the next request */
  if (isCut && request.httpVersionMajor === 1) response.setHeader('Connection', 'close')
  if (request.method === 'HEAD') response.end()
  else response.end(body)
  if (isCut && 'stream' in response) response.stream.close(constants.NGHTTP2_NO_ERROR)
}

type Target = readonly [path: string, query: string]

/* path and query; both forms of RFC 9112 section 3.2: `/path?query` and `http://host/path?query` */
function targetOf({ url = '' }: { url?: string | undefined }): Target {
  const [, path = '', query = ''] =
    /^([^?]*)\??(.*)$/s.exec(url.replace(/^https?:\/\/[^/?]*/i, '')) ?? []
  return [path === '' ? '/' : path, query]
}

function applicant({ method, headers }: Request, path: string): Applicant {
  const text = (name: string): string | undefined => headers[name]?.toString()
  return {
    path,
    method,
    host: text(':authority') ?? text('host'),
    origin: text('origin'),
    site: text('sec-fetch-site'),
    mode: text('sec-fetch-mode'),
    dest: text('sec-fetch-dest'),
    authorization: text('authorization'),
  }
}

function hasBody(request: Request): boolean {
  if ('stream' in request) return !request.stream.endAfterHeaders
  const { headers } = request
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
