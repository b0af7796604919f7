// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { PktspotError } from '../../errors.ts'

/** What programs are run with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends them. */
  readonly signal: AbortSignal
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs one of Prometheus' programs to its end; throws TOOL_MISSING without it, an AbortError when the signal aborts. */
export async function runTool(
  name: 'promtool',
  args: readonly string[],
  surroundings: Surroundings,
): Promise<Ended> {
  const child = spawn(name, args, { stdio: ['ignore', 'pipe', 'pipe'], ...surroundings })
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(startFailure(name, error)))
    child.once('close', resolve)
  })
  const [stdout, stderr, ended] = await Promise.all([text(child.stdout), text(child.stderr), code])
  return { code: ended, stdout, stderr }
}

/** Says why a program could not be started. */
export function startFailure(name: string, error: Error): Error {
  if (!('code' in error) || error.code !== 'ENOENT') return error
  return new PktspotError(
    'TOOL_MISSING',
    `--rules: ${name} is not on PATH: install the package prometheus of Debian or Ubuntu, or https://prometheus.io/download/`,
  )
}
