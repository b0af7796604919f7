// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { command, must } from '../support/command.ts'
import { packageRoot } from '../support/root.ts'

/** Where the programs are, and what they find: kept, so that a finding can be looked at. */
export const folder = join(packageRoot, 'build-fuzz')

const clang = process.env['CLANG'] ?? 'clang'
const common = ['-O1', '-g', '-std=gnu11', '-fno-omit-frame-pointer', '-fno-sanitize-recover=all']

/** Why targets cannot be built here; undefined when they can. */
export async function missingRuntime(): Promise<string | undefined> {
  const probe = join(folder, 'probe.c')
  await mkdir(folder, { recursive: true })
  await writeFile(probe, 'int LLVMFuzzerTestOneInput(const char *data, long bytes) { return 0; }')
  const args = ['-w', '-fsanitize=fuzzer,address,undefined', probe, '-o', join(folder, 'probe')]
  const { code } = await command(clang, args).catch(() => ({ code: -1 }))
  return code === 0 ? undefined : `${clang} has no fuzzer or sanitizers (Debian: libclang-rt-dev)`
}

/** Runs tasks, as many at once as there are processors. */
export async function atOnce<T>(
  tasks: readonly T[],
  run: (task: T) => Promise<unknown>,
): Promise<void> {
  const waiting = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await run(task)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

/**
 * Builds the fuzzers of these targets; gives the paths of the programs. They link what they call of the addon: what is
 * Node's is left open and never called.
 */
export async function buildTargets(targets: readonly string[]): Promise<readonly string[]> {
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
  const objects = join(folder, 'objects')
  await mkdir(objects, { recursive: true })
  const addon = join(packageRoot, 'native/addon')
  const sources = (await readdir(addon)).filter((name) => name.endsWith('.c'))
  const compiled = sources.map((name) => join(objects, `${name}.o`))
  const compile = ['-c', '-fsanitize=fuzzer-no-link,address,undefined', '-I', headers]
  await atOnce(sources, (name) =>
    must(clang, ...common, ...compile, join(addon, name), '-o', join(objects, `${name}.o`)),
  )
  const archive = join(objects, 'addon.a')
  await must('ar', 'rcs', archive, ...compiled)
  const link = ['-fsanitize=fuzzer,address,undefined', '-no-pie', '-Wall', '-Wextra', '-Werror']
  const open = ['-Wl,--unresolved-symbols=ignore-all', '-lm', '-ldl', '-I', headers]
  await atOnce(targets, async (target) => {
    await mkdir(join(folder, target, 'found'), { recursive: true })
    const source = join(packageRoot, 'test/fuzz', `${target}.c`)
    const program = join(folder, target, 'fuzz')
    await must(clang, ...common, ...link, source, archive, ...open, '-o', program)
  })
  return targets.map((target) => join(folder, target, 'fuzz'))
}
