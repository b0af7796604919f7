// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { must } from './command.ts'
import { packageRoot, program } from './root.ts'

export type Capability = 'bpf' | 'net_admin' | 'net_raw' | 'perfmon' | 'sys_admin'

/** The capabilities that kernel programs need. */
export const KERNEL: readonly Capability[] = ['bpf', 'net_admin', 'perfmon']

/** The command, before another, that runs it as uid 65534 with exactly these capabilities. */
export function asNobody(capabilities: readonly Capability[]): readonly [string, ...string[]] {
  const only = ['-all', ...capabilities.map((name) => `+${name}`)].join()
  const sets = ['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=${only}`)
  return ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...sets]
}

/** Copies the compiled program and what it needs to where everybody may read it; gives the folder of main.js. */
export async function publicProgram(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-public-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const lock = JSON.parse(await readFile(join(packageRoot, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean }>>
  }
  const needed = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && !dev)
    .map(([path]) => path)
    .filter((path) => existsSync(join(packageRoot, path)))
  await must('cp', '-r', dirname(program), join(folder, 'src'))
  for (const path of ['package.json', 'prebuilds', ...needed]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await must('cp', '-rT', join(packageRoot, path), join(folder, path))
  }
  await must('chmod', '-R', 'a+rX', folder)
  await chmod(folder, 0o755)
  return join(folder, 'src')
}
