// SPDX-License-Identifier: Apache-2.0
import { list, text } from './format.ts'
import { listenAddress } from './listen-address.ts'
import type { Section } from './setting.ts'

/** Where metrics are served. */
export interface WebSettings {
  /** `host:port`, `[v6]:port` or `:port`; parseListenAddress reads them. */
  readonly listen_address: readonly string[]
  readonly telemetry_path: string
}

export const web: Section<WebSettings> = {
  listen_address: {
    doc: 'Addresses to serve on: `host:port`, `[IPv6]:port`, `:port` (every address)',
    default: ['127.0.0.1:10777', '[::1]:10777'],
    flag: { name: 'web.listen-address', value: 'address' },
    format: list(listenAddress, 1),
  },
  telemetry_path: {
    doc: 'Path of the metrics',
    default: '/metrics',
    flag: { name: 'web.telemetry-path', value: 'path' },
    format: text(
      'a path such as /metrics of letters, digits, - . _ ~ and /, outside /, /-/ and /api/',
      (path) => /^(?:\/[A-Za-z0-9._~-]+)+$/.test(path) && !/^\/(?:-|api|\.\.?)(?:\/|$)/.test(path),
    ),
  },
}
