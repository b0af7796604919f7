// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** A series that answers a query. */
export interface Answer {
  readonly metric: Readonly<Record<string, string>>
}

/** A Prometheus of the test's own. */
export interface Prometheus {
  /** Where it answers: `127.0.0.1:34567`. */
  readonly address: string
  /** Evaluates a query now; throws with Prometheus' words where it is wrong. */
  ask(query: string): Promise<readonly Answer[]>
  /** Evaluates a query every two seconds of the last so many, as a panel does. */
  over(query: string, seconds: number): Promise<readonly Answer[]>
}

/** Starts a Prometheus with rules that scrapes one address every second, once it is ready. */
export async function startPrometheus(
  t: Test,
  options: { readonly target: string; readonly rules: string },
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-prometheus-'))
  const config = join(folder, 'prometheus.yml')
  /* JSON is YAML */
  const settings = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [options.rules],
    scrape_configs: [{ job_name: 'pktspot', static_configs: [{ targets: [options.target] }] }],
  }
  await writeFile(config, JSON.stringify(settings))
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
  ]
  const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(async () => {
    await ended(child)
    await rm(folder, { recursive: true })
  })
  const address = await listening(child)
  const ready = async () => (await fetch(`http://${address}/-/ready`)).ok
  for (const end = Date.now() + 10_000; !(await ready()); await sleep(100)) {
    if (Date.now() > end) throw new Error('Prometheus is not ready')
  }
  const get = async (path: string, parameters: Record<string, string>) => {
    const body = new URLSearchParams(parameters)
    const response = await fetch(`http://${address}/api/v1/${path}`, { method: 'POST', body })
    const { data, error } = (await response.json()) as {
      data?: { result: readonly Answer[] }
      error?: string
    }
    if (!data) throw new Error(`${parameters['query']}: ${error}`)
    return data.result
  }
  return {
    address,
    ask: (query) => get('query', { query }),
    over: (query, seconds) => {
      const end = Date.now() / 1000
      return get('query_range', { query, start: `${end - seconds}`, end: `${end}`, step: '2' })
    },
  }
}

function listening(child: ChildProcess): Promise<string> {
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    if (!child.stderr) throw new Error('standard error is not a pipe')
    const reader = createInterface({ input: child.stderr })
    reader.on('line', (line) => {
      lines.push(line)
      const [, address] = /msg="Listening on".* address=(\S+)/.exec(line) ?? []
      if (address) resolve(address)
    })
    reader.on('close', () => reject(new Error(`Prometheus ended:\n${lines.slice(-5).join('\n')}`)))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
