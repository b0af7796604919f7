// SPDX-License-Identifier: Apache-2.0
import { createLatest, type Latest } from '../../src/exporters/latest.ts'
import type { Watched } from '../../src/exporters/observed.ts'
import { parseListenAddress } from '../../src/server/address.ts'
import { createServer } from '../../src/server/server.ts'
import { observed, statistics } from '../exporters/fixture.ts'

/** A running server's answers. */
export interface Serving extends AsyncDisposable {
  readonly lines: readonly string[]
  ask(path: string, method?: string): Promise<Answered>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** One statistic of the API. */
export interface StatisticJson {
  readonly name: string
  readonly interface: string
  readonly window: number
  readonly n?: number
  readonly tails: Readonly<Record<string, Readonly<Record<string, number | boolean | null>>>>
}

export function latestOf(more: Partial<Watched> = {}): Latest {
  return createLatest({ sources: [observed('eth0')], statistics, base: 1, periods: [1], ...more })
}

/** Serves on a free port of the loopback. */
export async function serveLatest(latest: Latest): Promise<Serving> {
  const lines: string[] = []
  const server = await createServer({
    addresses: [parseListenAddress('127.0.0.1:0')],
    telemetryPath: '/metrics',
    metrics: { render: async () => ({ type: 'text/plain', body: '' }) },
    version: '1',
    latest,
    warn: (line) => lines.push(line),
  })
  return {
    lines,
    async ask(path, method = 'GET') {
      const response = await fetch(`http://${server.addresses[0]}${path}`, { method })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

/** Asks for statistics. */
export async function statisticsAt(serving: Serving, path: string): Promise<StatisticJson[]> {
  const { status, text } = await serving.ask(path)
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
  return (JSON.parse(text) as { statistics: StatisticJson[] }).statistics
}
