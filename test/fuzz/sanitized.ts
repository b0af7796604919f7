// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch } from 'node:os'
import { join } from 'node:path'
import { type CommandOptions, command, type Finished, must } from '../support/command.ts'
import { ownEnvironment } from '../support/environment.ts'
import { packageRoot } from '../support/root.ts'
import { atOnce, folder } from './targets.ts'

const cc = process.env['CC'] ?? 'cc'
const root = join(folder, 'sanitized')

/** The library that has to be there before Node; undefined where the compiler has none. */
async function preloaded(): Promise<string | undefined> {
  const path = (await must(cc, '-print-file-name=libasan.so')).trim()
  return path.startsWith('/') ? path : undefined
}

/** Why the addon cannot be built with sanitizers here; undefined when it can. */
export async function missingSanitizers(): Promise<string | undefined> {
  return (await preloaded()) === undefined ? `${cc} has no AddressSanitizer` : undefined
}

async function buildAddon(): Promise<void> {
  const { include_dir: headers } = createRequire(import.meta.url)('node-api-headers')
  const sources = join(packageRoot, 'native/addon')
  const names = (await readdir(sources)).filter((name) => name.endsWith('.c'))
  const objects = join(root, 'objects')
  const output = join(root, `prebuilds/linux-${arch()}`)
  for (const path of [objects, output]) await mkdir(path, { recursive: true })
  const flags = ['-fPIC', '-O1', '-g', '-std=gnu11', '-fno-omit-frame-pointer', '-I', headers]
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  await atOnce(names, (name) =>
    must(cc, ...flags, ...sanitizers, '-c', join(sources, name), '-o', join(objects, `${name}.o`)),
  )
  const compiled = names.map((name) => join(objects, `${name}.o`))
  await must(cc, '-shared', ...sanitizers, ...compiled, '-o', join(output, 'pktspot.node'))
}

/** The compiled program and tests beside an addon with AddressSanitizer and UndefinedBehaviorSanitizer. */
export interface Sanitized {
  /** Runs one of the files of build/, named from there. */
  run(file: string, args: readonly string[], options?: CommandOptions): Promise<Finished>
}

/** Lays out a package of its own, since the addon is found beside package.json. */
export async function sanitized(): Promise<Sanitized> {
  await rm(root, { recursive: true, force: true })
  await mkdir(join(root, 'build'), { recursive: true })
  await buildAddon()
  for (const name of ['package.json', 'build/src', 'build/test', 'test/fixtures']) {
    await cp(join(packageRoot, name), join(root, name), { recursive: true })
  }
  await symlink(join(packageRoot, 'node_modules'), join(root, 'node_modules'))
  const env = {
    ...ownEnvironment(),
    LD_PRELOAD: await preloaded(),
    /* Node frees nothing at its end, and has a use for SIGSEGV of its own */
    ASAN_OPTIONS: 'detect_leaks=0:allow_user_segv_handler=1',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }
  return {
    run: (file, args, options) =>
      command(process.execPath, [join(root, 'build', file), ...args], { env, ...options }),
  }
}

/** What sanitizers say of a finding; empty when they are silent. */
export function findings(stderr: string): string {
  const at = stderr.search(/==\d+==\s*ERROR|runtime error:|Sanitizer/)
  return at < 0 ? '' : stderr.slice(at, at + 3000)
}
