// SPDX-License-Identifier: Apache-2.0
/* Runs the tests: all, or those whose path contains one of the arguments (`e2e`, `unit`, `spot`…). The files of
   test/e2e change the machine's network, so they run one at a time. Prints `N passed, N failed, N skipped` last. */
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { compileTests } from './lib/compile.mjs'
import { root } from './lib/root.mjs'
import { runTap } from './lib/tap.mjs'

function finish({ passed, failed, skips }) {
  if (skips.length > 0) console.log(`\nskipped:\n${skips.map((skip) => `  ${skip}`).join('\n')}`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
  console.log(`\n${passed} passed, ${failed} failed, ${skips.length} skipped`)
}

const total = { passed: 0, failed: 0, skips: [] }
if (!compileTests()) {
  console.log('\nFAILED the tests do not compile')
  total.failed += 1
}
const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'build/test'), { recursive: true })
  .filter((name) => name.endsWith('.test.js'))
  .map((name) => join('build/test', name))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
const e2e = files.filter((file) => file.startsWith('build/test/e2e/'))
const unit = files.filter((file) => !e2e.includes(file))
const runs = [
  { files: unit, jobs: availableParallelism(), log: 'build/unit.tap' },
  { files: e2e, jobs: 1, log: 'build/e2e.tap' },
]
for (const { files, ...options } of runs.filter((run) => run.files.length > 0)) {
  const counted = await runTap(files, options)
  total.passed += counted.passed
  total.failed += counted.failed
  total.skips.push(...counted.skips)
}
finish(total)
