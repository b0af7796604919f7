// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createLatest } from '../../src/exporters/latest.ts'
import { parseListenAddress } from '../../src/server/address.ts'
import { createServer, type MetricsServer, type ServerOptions } from '../../src/server/server.ts'
import { observed, statistics } from '../exporters/fixture.ts'

/** A running server. */
export interface Started {
  readonly server: MetricsServer
  /** Its log. */
  readonly lines: readonly string[]
  /** Where it listens: `127.0.0.1:34567`. */
  readonly address: string
  readonly port: number
}

/** Starts a server on a free port of the loopback and stops it when the test ends. */
export async function started(t: Test, more: Partial<ServerOptions> = {}): Promise<Started> {
  const lines: string[] = []
  const server = await createServer({
    addresses: [parseListenAddress('127.0.0.1:0')],
    telemetryPath: '/metrics',
    metrics: { render: async () => ({ type: 'text/plain; version=0.0.4', body: 'metric 1\n' }) },
    version: '1.2.3',
    latest: createLatest({ sources: [observed('eth0')], statistics, base: 1, periods: [1] }),
    warn: (line) => lines.push(line),
    ...more,
  })
  t.teardown(() => server[Symbol.asyncDispose]())
  const [address = ''] = server.addresses
  return { server, lines, address, port: Number(address.replace(/^.*:/, '')) }
}

/** Makes a folder that is removed when the test ends, with these files in it. */
export async function folder(
  t: Test,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pktspot-web-'))
  t.teardown(() => rm(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return path
}
