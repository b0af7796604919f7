// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../support/root.ts'

interface Diagnostic {
  readonly category: string
  readonly location: { readonly path: string | { readonly file: string } }
}

/* Lints planted files beside a copy of the settings; gives the rules that fired, by file. */
function rulesFired(folder: string, planted: Record<string, string>): Record<string, string[]> {
  cpSync(join(packageRoot, 'biome.json'), join(folder, 'biome.json'))
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  for (const [path, source] of Object.entries(planted)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), source)
  }
  const { stdout, stderr, error } = spawnSync(
    join(packageRoot, 'node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', 'src'],
    { cwd: folder, encoding: 'utf8' },
  )
  if (error) throw error
  if (!stdout.startsWith('{')) throw new Error(`biome said: ${stderr}`)
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] }
  const fired: Record<string, string[]> = {}
  for (const { category, location } of diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    fired[path] = [...(fired[path] ?? []), category.replace('lint/', '')]
  }
  return fired
}

const use = (path: string): string => `import { x } from '${path}'\n\nexport const y = x\n`

const named = (imports: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(
    imports.map(([file, path], index) => [file.replace('planted', `planted-${index}`), use(path)]),
  )

t.test('an import against the arrows fires', async (t) => {
  const planted = named([
    ['src/native/planted.ts', '../capture/source.ts'],
    ['src/counters/planted.ts', '../statistics/statistic.ts'],
    ['src/counters/planted.ts', '../native/binding.ts'],
    ['src/filters/planted.ts', '../capture/source.ts'],
    ['src/capture/planted.ts', '../statistics/statistic.ts'],
    ['src/capture/planted.ts', '../groups/group.ts'],
    ['src/groups/planted.ts', '../statistics/statistic.ts'],
    ['src/top/planted.ts', '../commands/command.ts'],
    ['src/statistics/builtin/planted.ts', '../../monitor/sample.ts'],
    ['src/statistics/planted.ts', '../exporters/exporter.ts'],
    ['src/monitor/planted.ts', '../exporters/exporter.ts'],
    ['src/exporters/prometheus/planted.ts', '../../server/server.ts'],
    ['src/exporters/planted.ts', '../commands/command.ts'],
    ['src/exporters/planted.ts', '../guard/guard.ts'],
    ['src/guard/planted.ts', '../server/server.ts'],
    ['src/server/planted.ts', '../run.ts'],
    ['src/commands/planted.ts', '../main.ts'],
    ['src/settings/planted.ts', '../capture/source.ts'],
    ['src/run.ts', './main.ts'],
    ['src/errors.ts', './run.ts'],
    ['src/spot/planted.ts', '../errors.ts'],
    ['src/spot/planted.ts', '../settings/settings.ts'],
    ['src/spot/planted.ts', 'node:fs'],
    ['src/spot/planted.ts', 'yaml'],
    ['src/spot/compat/planted.ts', '../../errors.ts'],
    ['src/spot/compat/planted.ts', 'node:fs'],
    ['src/capture/planted.ts', 'node:module'],
    ['src/capture/planted.ts', 'node:process'],
  ])
  const fired = rulesFired(t.testdir(), planted)
  for (const [file, source] of Object.entries(planted)) {
    t.match(fired[file], ['style/noRestrictedImports'], `${file}: ${source.split('\n')[0]}`)
  }
})

t.test('an import along the arrows passes', async (t) => {
  const planted = named([
    ['src/counters/planted.ts', './catalog.ts'],
    ['src/capture/planted.ts', '../counters/window.ts'],
    ['src/capture/planted.ts', '../errors.ts'],
    ['src/statistics/builtin/planted.ts', '../statistic.ts'],
    ['src/monitor/planted.ts', '../spot/detector.ts'],
    ['src/exporters/prometheus/planted.ts', '../../monitor/sample.ts'],
    ['src/server/planted.ts', 'node:http'],
    ['src/guard/planted.ts', '../capture/source.ts'],
    ['src/commands/planted.ts', '../run.ts'],
    ['src/main.ts', './commands/run.ts'],
    ['src/spot/planted.ts', './tail.ts'],
    ['src/spot/compat/planted.ts', '../detector.ts'],
    ['src/spot/compat/planted.ts', './tail.ts'],
    ['src/native/binding.ts', 'node:module'],
  ])
  t.same(rulesFired(t.testdir(), planted), {})
})

t.test('main.ts alone touches the process, binding.ts alone loads native code', async (t) => {
  const exits = 'process.exit(1)\n'
  const fired = rulesFired(t.testdir(), {
    'src/server/planted.ts': exits,
    'src/main.ts': exits,
    'src/native/planted.ts': use('node:module'),
  })
  t.same(Object.keys(fired).sort(), ['src/native/planted.ts', 'src/server/planted.ts'])
})

t.test('any, console, non-null and bare built-ins fire', async (t) => {
  const fired = rulesFired(t.testdir(), {
    'src/any.ts': 'export const x: any = 1\n',
    'src/console.ts': "console.log('x')\n",
    'src/non-null.ts': 'export const f = (x?: string) => x!\n',
    'src/bare.ts': use('fs'),
    'src/type.ts': "import { X } from './x.ts'\n\nexport const y = (x: X) => x\n",
  })
  t.same(fired, {
    'src/any.ts': ['suspicious/noExplicitAny'],
    'src/console.ts': ['suspicious/noConsole'],
    'src/non-null.ts': ['style/noNonNullAssertion'],
    'src/bare.ts': ['style/useNodejsImportProtocol'],
    'src/type.ts': ['style/useImportType'],
  })
})
