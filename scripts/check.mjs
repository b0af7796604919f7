// SPDX-License-Identifier: Apache-2.0
/* Checks layout, lint, import directions, types and generated tables; names every check that fails. */
import { installed, runCommand, runNode } from './lib/command.mjs'

const tool =
  (path, ...args) =>
  () =>
    runCommand(process.execPath, [installed(path), ...args])

const checks = {
  'biome (layout, lint, import directions)': tool(
    '@biomejs/biome/bin/biome',
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '.',
  ),
  'types of src': tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'),
  'types of the page': tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.page.json'),
  'types of tests': tool('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.test.json'),
  'eslint (rules that need types)': tool('eslint/bin/eslint.js', '--max-warnings=0', 'src'),
  'clang-format': () => runNode('scripts/clang-format.mjs'),
  'generated tables in the documents': () => runNode('scripts/docs.mjs', ['--check']),
  'generated dashboards': () => runNode('scripts/grafana.mjs', ['--check']),
  'chart and manifests': () => runNode('scripts/deploy.mjs', ['--check']),
}

const failed = []
for (const [name, check] of Object.entries(checks)) {
  const start = performance.now()
  const good = check() === 0
  if (!good) failed.push(name)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`check: ${name}: ${good ? 'good' : 'FAILED'} (${seconds} s)`)
}
if (failed.length > 0) {
  console.error(
    `check: failed: ${failed.join('; ')}. \`npm run fix\` puts right what a program can.`,
  )
  process.exitCode = 1
}
