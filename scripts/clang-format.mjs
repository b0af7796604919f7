// SPDX-License-Identifier: Apache-2.0
/* Checks the layout of the C sources; with `--write` puts it right. Generated files and the counters, which are one
   line each however long, are left alone. */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runCommand } from './lib/command.mjs'
import { root } from './lib/root.mjs'

const { clangFormatPath } = createRequire(import.meta.url)('clang-format-node')

const left = [join('native', 'gen'), join('native', 'core', 'counters')]
const sources = ['native', 'test']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  )
  .filter((name) => /\.[ch]$/.test(name) && !left.some((folder) => name.startsWith(folder)))
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror']
process.exitCode = runCommand(clangFormatPath, [
  '--style=file:native/.clang-format',
  ...mode,
  ...sources,
])
