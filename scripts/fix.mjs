// SPDX-License-Identifier: Apache-2.0
/* Puts right what a program can: layout and simple lint, the layout of C, the generated tables, the
   chart and its manifests. */
import { installed, runCommand, runNode } from './lib/command.mjs'

const biome = installed('@biomejs/biome/bin/biome')
const codes = [
  runCommand(process.execPath, [biome, 'check', '--write', '--colors=off', '.']),
  runNode('scripts/clang-format.mjs', ['--write']),
  runNode('scripts/docs.mjs'),
  runNode('scripts/grafana.mjs'),
  runNode('scripts/deploy.mjs'),
]
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
