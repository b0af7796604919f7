// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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
): Spawned {
  const child = spawn(process.execPath, [...node, MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  })
  const collect = async () => {
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed])
    return { code: child.exitCode, stdout, stderr }
  }
  const closed = once(child, 'close')
  return { child, ended: collect() }
}

/** Runs pktspot to its end with an empty standard input. */
export function pktspot(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Spawned['ended'] {
  const { child, ended } = start(args, env)
  child.stdin?.end()
  return ended
}
