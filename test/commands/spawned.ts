// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** A running pktspot, compiled beside the tests. */
export interface Spawned {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

/** Starts pktspot with nothing of ours in its environment but what is given. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node: readonly string[] = [],
  stdout: 'pipe' | number = 'pipe',
): Spawned {
  const child = spawn(process.execPath, [...node, MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', stdout, 'pipe'],
  })
  return { child, ended: collect(child) }
}

async function collect(child: ChildProcess) {
  const read = (stream: Readable | null) => (stream ? text(stream).catch(() => '') : '')
  const [stdout, stderr] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    once(child, 'close'),
  ])
  return { code: child.exitCode, stdout, stderr }
}

/** Runs pktspot to its end. */
export function pktspot(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Spawned['ended'] {
  return start(args, env).ended
}
