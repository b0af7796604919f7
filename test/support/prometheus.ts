// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** One scraper of a Prometheus. */
export interface Job {
  readonly name: string
  /** `1s`, `2500ms`… */
  readonly interval: string
  readonly targets: readonly string[]
}

/** A stored series: its labels, and its samples as they were scraped. */
export interface Stored {
  readonly metric: Readonly<Record<string, string>>
  /** Unix seconds and value. */
  readonly values: readonly (readonly [time: number, value: number])[]
}

/** A running Prometheus. */
export interface Prometheus {
  /** Asks a query; gives the one value that answers it, NaN without one. */
  value(query: string): Promise<number>
  /** Raw samples of every series that a selector with a range finds: `up[5m]`. */
  samples(selector: string): Promise<readonly Stored[]>
}

/** Starts a Prometheus, waits until every job has scraped all its targets, and stops it when the test ends. */
export async function startPrometheus(t: Test, jobs: readonly Job[]): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-prometheus-'))
  const scrapes = jobs.map(({ name, interval, targets }) => ({
    job_name: name,
    scrape_interval: interval,
    scrape_timeout: '1s',
    static_configs: [{ targets }],
  }))
  const config = join(folder, 'prometheus.yml')
  /* JSON is YAML */
  await writeFile(config, JSON.stringify({ scrape_configs: scrapes }))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  t.teardown(async () => {
    await ended(child)
    await rm(folder, { recursive: true })
  })
  const ask = async <T>(query: string): Promise<readonly T[]> => {
    const url = `http://${address}/api/v1/query?query=${encodeURIComponent(query)}`
    const { data, error } = (await (await fetch(url)).json()) as Answer<T>
    if (!data) throw new Error(`${query}: ${error}`)
    return data.result
  }
  const prometheus: Prometheus = {
    async value(query) {
      const [only, ...more] = await ask<{ value: [number, string] }>(query)
      if (more.length > 0) throw new Error(`${query}: ${more.length + 1} series`)
      return Number(only?.value[1] ?? Number.NaN)
    },
    async samples(selector) {
      const found = await ask<{ metric: Stored['metric']; values: [number, string][] }>(selector)
      return found.map(({ metric, values }) => ({
        metric,
        values: values.map(([time, value]) => [time, Number(value)] as const),
      }))
    },
  }
  const wanted = jobs.reduce((sum, { targets }) => sum + targets.length, 0)
  /* its discovery hands targets over only every five seconds */
  for (const end = Date.now() + 30_000; ; await sleep(100)) {
    const up = await prometheus.value('sum(up)').catch(() => 0)
    if (up === wanted) return prometheus
    if (Date.now() > end || child.exitCode !== null) throw new Error(`Prometheus: ${up} are up`)
  }
}

interface Answer<T> {
  readonly data?: { readonly result: readonly T[] }
  readonly error?: string
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** A port of the loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
