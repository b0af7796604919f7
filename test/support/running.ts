// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { ownEnvironment } from './environment.ts'
import { program } from './root.ts'
import { parseScrape, type Scrape } from './scrape.ts'

/** A started `pktspot run`. */
export interface Running {
  readonly pid: number
  /** Where it listens: `127.0.0.1:34567`. */
  readonly address: string
  /** Lines of its log so far, as written. */
  readonly log: readonly string[]
  get(path: string): Promise<Response>
  scrape(): Promise<Scrape>
  /** Sends a signal and waits for the end; killed after ten seconds, which shows as the signal SIGKILL. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** A command and arguments before node, such as setpriv with its options. */
  readonly prefix?: readonly string[]
  /** The program's main.js, where it is another copy than the one beside the tests. */
  readonly main?: string
  /** Milliseconds until it must listen. */
  readonly timeout?: number
}

/** Starts `run` on a free port of the loopback, waits until it is ready, and stops it when the test ends. */
export async function startRun(
  t: Test,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Running> {
  const { prefix = [], main = program, timeout = 15_000 } = options
  const listen = ['--web.listen-address', '127.0.0.1:0']
  const [file = '', ...rest] = [...prefix, process.execPath, main, 'run', ...args, ...listen]
  const env = { ...ownEnvironment(), ...options.env }
  const child = spawn(file, rest, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const log: string[] = []
  t.teardown(() => stopChild(child, 'SIGTERM'))
  const address = await listening(child, log, timeout)
  const get = (path: string): Promise<Response> => fetch(`http://${address}${path}`)
  for (const end = Date.now() + timeout; !(await get('/-/ready')).ok; await sleep(50)) {
    if (Date.now() > end) throw new Error(`not ready after ${timeout} ms:\n${log.join('\n')}`)
  }
  return {
    pid: child.pid ?? 0,
    address,
    log,
    get,
    scrape: async () => parseScrape(await (await get('/metrics')).text()),
    stop: (signal = 'SIGTERM') => stopChild(child, signal),
  }
}

/** Waits for the log line that says where it listens. */
async function listening(child: ChildProcess, log: string[], timeout: number): Promise<string> {
  if (!child.stderr) throw new Error('standard error is not a pipe')
  const reader = createInterface({ input: child.stderr })
  const found = new Promise<string>((resolve, reject) => {
    reader.on('line', (line) => {
      log.push(line)
      const address = addressIn(line)
      if (address) resolve(address)
    })
    reader.on('close', () => reject(new Error(`ended before it listened:\n${log.join('\n')}`)))
    child.on('error', reject)
  })
  const late = sleep(timeout, undefined, { ref: false }).then(() => {
    throw new Error(`does not listen after ${timeout} ms:\n${log.join('\n')}`)
  })
  return Promise.race([found, late])
}

function addressIn(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { msg?: unknown; address?: unknown }
    return entry.msg === 'listening' && typeof entry.address === 'string'
      ? entry.address
      : undefined
  } catch {
    return undefined
  }
}

async function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const ended = child.exitCode !== null || child.signalCode !== null
  if (!ended && child.pid !== undefined) {
    const end = once(child, 'exit')
    child.kill(signal)
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await end
    clearTimeout(killer)
  }
  return { code: child.exitCode, signal: child.signalCode }
}
