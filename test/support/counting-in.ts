// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import type { LiveMode } from '../../src/capture/modes.ts'
import type { Sums } from './sums.ts'

/** Counts both directions at an interface of another namespace, in a process there, until the test ends. */
export async function countingIn(
  t: Test,
  namespace: string,
  { device, mode }: { readonly device: string; readonly mode: LiveMode },
): Promise<() => Promise<Sums>> {
  const script = join(import.meta.dirname, 'counting-in-namespace.js')
  const args = [`--net=/run/netns/${namespace}`, process.execPath, script, device, mode]
  const child = spawn('nsenter', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  t.teardown(async () => {
    child.stdin.end()
    await ended
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the counting in ${namespace} has ended`)
    return value
  }
  await next()
  return async () => {
    child.stdin.write('\n')
    return JSON.parse(await next()) as Sums
  }
}
