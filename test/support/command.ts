// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { ownEnvironment } from './environment.ts'

/** How a command ended. */
export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** Standard input; empty by default. */
  readonly input?: Uint8Array
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Kills the command after so many milliseconds. */
  readonly timeout?: number
}

/** Runs a command to its end, whatever its exit code; rejects only when it cannot be started. */
export async function command(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Finished> {
  const { input, env = ownEnvironment(), timeout = 60_000 } = options
  const child = spawn(file, args, { env, timeout, killSignal: 'SIGKILL' })
  /* a command that does not read its input closes the pipe early */
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { code, signal, stdout, stderr }
}

/** Runs a command that must succeed and gives its standard output. */
export async function must(file: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(file, args)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: exit ${code}: ${stderr.trim()}`)
  return stdout
}
