// SPDX-License-Identifier: Apache-2.0
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

/** Shorter bodies grow or hardly shrink. */
const LEAST_BYTES = 1024

/** What Prometheus text compresses to shrinks by a twentieth only from here to 6, which takes half as long again. */
const LEVEL = 2

const TEXT =
  /^(?:text\/|application\/(?:json|javascript|openmetrics-text|[a-z.]+\+json)|image\/svg\+xml)/

/** Tells whether an answer may come compressed, whatever its reader asks for. */
export function isCompressible(type: string, bytes: number): boolean {
  return bytes >= LEAST_BYTES && TEXT.test(type)
}

/** Tells whether a reader wants gzip rather than nothing of the kind, by the header Accept-Encoding (RFC 9110, 12.5.3). */
export function prefersGzip(header = ''): boolean {
  const weights = new Map(
    header.split(',').map((each) => {
      const [name = '', ...parameters] = each
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return [name, q === undefined ? 1 : Number.parseFloat(q) || 0] as const
    }),
  )
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0)
}

/** Compresses in a thread of Node's pool. */
export async function gzipped(body: Uint8Array): Promise<Buffer> {
  return compress(body, { level: LEVEL })
}
