// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PktspotError } from '../../errors.ts'
import { type Surroundings, startFailure } from './tool.ts'

/** A series of a range query: its labels, and its values by time in unix milliseconds. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly values: ReadonlyMap<number, number>
}

/** Times to evaluate at, in unix milliseconds. */
export interface Grid extends Span {
  readonly step: number
}

/** A stretch of time in unix milliseconds. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Whole multiples of an interval in milliseconds within a stretch. */
export function gridOf({ from, to }: Span, step: number): Grid {
  return { from: Math.ceil(from / step) * step, to, step }
}

/** A Prometheus of our own that answers queries. */
export interface Prometheus extends AsyncDisposable {
  /** Evaluates an expression at every time of the grid; throws RULES with Prometheus' words where it cannot be. */
  range(expr: string, grid: Grid): Promise<Series[]>
}

/** Prometheus gives no more times than 11,000 at once. */
const MOST_TIMES = 10_000

/**
 * Starts Prometheus on the blocks in `folder`/data, on a free port of the loopback; a value holds for `lookback`
 * milliseconds. Throws TOOL_MISSING without it.
 */
export async function startPrometheus(
  folder: string,
  options: Surroundings & { readonly lookback: number },
): Promise<Prometheus> {
  const { lookback, env, signal } = options
  const config = join(folder, 'prometheus.yml')
  await writeFile(config, '{}\n')
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=100y',
    '--web.listen-address=127.0.0.1:0',
    `--query.lookback-delta=${Math.ceil(lookback)}ms`,
  ]
  const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'pipe'], env, signal })
  try {
    const url = `http://${await listening(child)}`
    await ready(url, signal)
    return {
      range: (expr, grid) => range(url, expr, grid, signal),
      [Symbol.asyncDispose]: () => ended(child),
    }
  } catch (error) {
    await ended(child)
    throw error
  }
}

function listening(child: ChildProcess): Promise<string> {
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(startFailure('prometheus', error)))
    if (!child.stderr) return
    const reader = createInterface({ input: child.stderr })
    reader.on('line', (line) => {
      lines.splice(0, lines.length - 4)
      lines.push(line)
      const [, address] = /msg="Listening on".* address=(\S+)/.exec(line) ?? []
      if (address) resolve(address)
    })
    reader.on('close', () => reject(new Error(`prometheus ended:\n${lines.join('\n')}`)))
  })
}

async function ready(url: string, signal: AbortSignal): Promise<void> {
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/-/ready`, { signal })).ok
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function range(url: string, expr: string, grid: Grid, signal: AbortSignal) {
  const { step } = grid
  const found = new Map<string, { labels: Series['labels']; values: Map<number, number> }>()
  for (let from = grid.from; from <= grid.to; from += MOST_TIMES * step) {
    const to = Math.min(grid.to, from + (MOST_TIMES - 1) * step)
    const body = new URLSearchParams({
      query: expr,
      start: `${from / 1000}`,
      end: `${to / 1000}`,
      step: `${step / 1000}`,
    })
    const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body, signal })
    for (const { metric, values } of results((await response.json()) as Answer, expr)) {
      const key = JSON.stringify(Object.entries(metric).sort())
      const series = found.get(key) ?? { labels: metric, values: new Map<number, number>() }
      found.set(key, series)
      for (const [seconds, text] of values)
        series.values.set(Math.round(seconds * 1000), value(text))
    }
  }
  return [...found.values()]
}

interface Answer {
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}

function results({ error, data }: Answer, expr: string) {
  if (!data) throw new PktspotError('RULES', `--rules: ${expr}: ${error}`)
  return data.result
}

function value(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'))
}

/* nothing that it holds is worth a clean end */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.removeAllListeners('error')
  child.on('error', () => undefined)
  child.kill('SIGKILL')
  await exit
}
