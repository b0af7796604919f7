// SPDX-License-Identifier: Apache-2.0
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../support/root.ts'

const ADDON = `prebuilds/linux-${process.arch}/pktspot.node`

/* Stands in for the compilers' work: what set-up decides is tested here, not the compilers. */
const BUILD = `import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
mkdirSync(dirname('${ADDON}'), { recursive: true })
writeFileSync('${ADDON}', 'built')
`

/* Makes a checkout with dependencies but nothing built, and `bin`, the only folder that commands are found in. */
function checkout(folder: string): void {
  const own = [
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.page.json',
  ]
  for (const name of own) {
    cpSync(join(packageRoot, name), join(folder, name), { recursive: true })
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'))
  for (const name of ['src/page', 'native', 'bin', 'scripts/native']) {
    mkdirSync(join(folder, name), { recursive: true })
  }
  writeFileSync(join(folder, 'scripts/native/build.mjs'), BUILD)
  writeFileSync(join(folder, 'native/source.c'), '')
  writeFileSync(join(folder, 'src/main.ts'), 'export const main = 1\n')
  writeFileSync(join(folder, 'src/page/page.ts'), 'export const page = 1\n')
}

function command(folder: string, name: string, body = ''): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
}

function setup(folder: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin') },
  })
}

t.test('builds once, then does nothing until a source changes', async (t) => {
  const folder = t.testdir()
  checkout(folder)
  command(folder, 'cc')
  command(folder, 'clang')
  const first = setup(folder)
  t.equal(first.status, 0, first.stderr)
  t.match(first.stdout, `building ${ADDON}`)
  t.match(first.stdout, 'compiling to dist/')
  t.ok(existsSync(join(folder, 'dist/main.js')))

  const second = setup(folder)
  t.same([second.status, second.stdout, second.stderr], [0, '', ''])

  writeFileSync(join(folder, 'src/other.ts'), 'export const other = 2\n')
  t.equal(setup(folder).stdout, 'pktspot: compiling to dist/\n')
  rmSync(join(folder, 'src/other.ts'))
  setup(folder)
  t.notOk(existsSync(join(folder, 'dist/other.js')), 'an output whose source is gone is gone')

  writeFileSync(join(folder, 'native/source.c'), '/* changed */')
  t.equal(setup(folder).stdout, `pktspot: building ${ADDON}\n`)
})

t.test('without a compiler, says what is missing and prints the one line to run', async (t) => {
  const folder = t.testdir()
  checkout(folder)
  const { status, stderr } = setup(folder)
  t.equal(status, 1)
  t.match(stderr, /cannot build the addon: cc, (.*, )?clang missing/)
  t.match(stderr, /gcc .*clang/)
})

t.test('without a compiler, uses the addon that is there and says so', async (t) => {
  const folder = t.testdir()
  checkout(folder)
  mkdirSync(dirname(join(folder, ADDON)), { recursive: true })
  writeFileSync(join(folder, ADDON), 'packaged')
  const { status, stderr } = setup(folder)
  t.equal(status, 0)
  t.match(stderr, 'the addon at hand is used as it is')
  t.equal(readFileSync(join(folder, ADDON), 'utf8'), 'packaged')
  t.ok(existsSync(join(folder, 'dist/main.js')))
})

const notRoot = process.getuid?.() === 0 ? false : 'needs root'

t.test('as root on apt, installs exactly what is missing', { skip: notRoot }, async (t) => {
  const folder = t.testdir()
  checkout(folder)
  const bin = join(folder, 'bin')
  const log = join(folder, 'apt.log')
  command(folder, 'cc')
  command(folder, 'apt-cache', 'echo "  Candidate: 1.0"')
  command(
    folder,
    'apt-get',
    `echo "$@" >> ${log}; case "$*" in *install*) /bin/cp ${bin}/cc ${bin}/clang;; esac`,
  )
  const { status, stdout, stderr } = setup(folder)
  t.equal(status, 0, stderr)
  t.match(stdout, 'installing system packages: clang\n')
  const installed = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('install'))
  t.match(installed, [/install -y --no-install-recommends clang$/])
  t.equal(installed.length, 1)
})

t.test('installs npm dependencies when they differ from the lock file', async (t) => {
  const folder = t.testdir()
  checkout(folder)
  command(folder, 'cc')
  command(folder, 'clang')
  command(folder, 'npm', 'echo "npm $@"')
  const path = join(folder, 'package-lock.json')
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  lock.packages['node_modules/yaml'].version = '0.0.0'
  writeFileSync(path, JSON.stringify(lock))
  t.match(setup(folder).stdout, /^npm ci /m)
})
