// SPDX-License-Identifier: Apache-2.0
/* Runs the benchmarks in name order, or those whose name contains one of the arguments. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from './lib/command.mjs'
import { compileTests } from './lib/compile.mjs'
import { root } from './lib/root.mjs'

if (!compileTests()) process.exit(1)
const folder = 'build/test/bench'
const wanted = process.argv.slice(2)
const benchmarks = (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [])
  .filter((name) => name.endsWith('.js'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort()
for (const name of benchmarks) {
  console.log(`\n${name.replace(/\.js$/, '')}`)
  if (runNode(join(folder, name)) !== 0) process.exitCode = 1
}
