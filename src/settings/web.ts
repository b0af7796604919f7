// SPDX-License-Identifier: Apache-2.0
import { list, nullable, text, whole, yesOrNo } from './format.ts'
import { listenAddress } from './listen-address.ts'
import type { Section } from './setting.ts'

/** Where metrics are served, and how. */
export interface WebSettings {
  /** `host:port`, `[v6]:port` or `:port`; parseListenAddress reads them. */
  readonly listen_address: readonly string[]
  /** Whether the sockets that systemd passes are served on instead of the addresses. */
  readonly systemd_socket: boolean
  readonly telemetry_path: string
  /** Path of the file with TLS, users and limits; null: plain HTTP for everyone. */
  readonly config_file: string | null
  /** How many scrapes may be answered at once; 0: any number. */
  readonly max_requests: number
  /** Whether POST /-/reload is answered. */
  readonly reload: boolean
}

export const web: Section<WebSettings> = {
  listen_address: {
    doc: 'Addresses to serve on: `host:port`, `[IPv6]:port`, `:port` (every address)',
    default: ['127.0.0.1:10777', '[::1]:10777'],
    flag: { name: 'web.listen-address', value: 'address' },
    format: list(listenAddress, 1),
  },
  systemd_socket: {
    doc: 'Serve on the sockets that systemd passes instead of the addresses',
    default: false,
    flag: { name: 'web.systemd-socket' },
    format: yesOrNo,
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
  config_file: {
    doc: 'File with TLS, users and limits of the web server, in the format of the exporter toolkit; see docs/web.md',
    default: null,
    flag: { name: 'web.config.file', value: 'file' },
    paths: true,
    format: nullable(text('a path', (path) => path !== '')),
  },
  max_requests: {
    doc: 'Scrapes answered at once; those beyond get 503; 0: any number',
    default: 40,
    flag: { name: 'web.max-requests', value: 'number' },
    format: whole(0, 100_000),
  },
  reload: {
    doc: 'Whether POST /-/reload makes the program read its settings again, and the capabilities that this takes are kept; see docs/security.md',
    default: false,
    format: yesOrNo,
  },
}
