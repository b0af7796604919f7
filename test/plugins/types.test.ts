// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { command } from '../support/command.ts'
import { packageRoot } from '../support/root.ts'

/** Lines of a file of test/types that the compiler refuses, and those that say that it must. */
async function refusals(name: string): Promise<{ refused: unknown[]; marked: number[] }> {
  const file = join(packageRoot, 'test/types', name)
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--lib',
    'es2023,esnext.disposable',
  ]
  const modules = ['--module', 'nodenext', '--allowImportingTsExtensions', '--skipLibCheck']
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '--ignoreConfig', ...options, ...modules, '--types', 'node', file]
  const { stdout } = await command(process.execPath, args, { timeout: 120_000 })
  const found = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error/gm)]
  const lines = readFileSync(file, 'utf8').split('\n')
  return {
    refused: [
      ...new Set(found.map(([all, path, line]) => (path?.endsWith(name) ? Number(line) : all))),
    ],
    marked: lines.flatMap((line, index) => (line.includes('// ERROR') ? [index + 1] : [])),
  }
}

t.test('a layer shows its own fields: what reaches further does not compile', async (t) => {
  const { refused, marked } = await refusals('layer.ts')
  t.ok(marked.length > 5)
  t.same(refused, marked)
})

t.test('what the guide shows compiles', async (t) => {
  const { refused } = await refusals('good.ts')
  t.same(refused, [])
})
