// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { must } from './command.ts'
import { packageRoot } from './root.ts'

/** Compiles C sources of the package, named from its folder, to a program that is removed when the test ends. */
export async function compile(t: Test, ...sources: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pktspot-compiled-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const program = join(folder, 'program')
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-std=gnu11']
  const files = sources.map((source) => join(packageRoot, source))
  await must(process.env['CC'] ?? 'cc', ...flags, ...files, '-lm', '-o', program)
  return program
}
