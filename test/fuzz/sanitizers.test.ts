// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pktspot } from '../support/replay.ts'
import { packageRoot } from '../support/root.ts'
import { corrupted } from './corrupted.ts'
import { findings, missingSanitizers, type Sanitized, sanitized } from './sanitized.ts'
import { seeds } from './seeds.ts'
import { folder } from './targets.ts'

const LIMIT = { timeout: 200_000 }
t.setTimeout(280_000)
const { PKTSPOT_CAPTURES } = process.env
const missing = await missingSanitizers()
const own: Sanitized | undefined = missing === undefined ? await sanitized() : undefined
const unless = (reason: string | undefined): { skip: string | false } => ({ skip: reason ?? false })

/** Replays files by both builds of the addon: the same lines, and not a word of the sanitizers. */
async function same(t: Test, files: readonly string[]): Promise<void> {
  const args = ['replay', '--totals', ...files]
  const [usual, watched] = await Promise.all([
    pktspot(args, LIMIT),
    own?.run('src/main.js', args, LIMIT),
  ])
  /* the clock goes on from one run to the next, and which rare keys are named is left to chance */
  const rows = (stdout = ''): readonly string[] =>
    stdout.replace(/"REAL_TIME":\d+|"other":\d+|"keys":\{[^}]*\}/g, '').split('\n')
  t.equal(rows(usual.stdout).length, files.length + 1, 'a row for each file')
  t.equal(findings(watched?.stderr ?? ''), '')
  t.same([watched?.code, watched?.signal], [usual.code, usual.signal])
  for (const [at, row] of rows(usual.stdout).entries()) {
    if (row !== rows(watched?.stdout)[at])
      t.equal(rows(watched?.stdout)[at], row, files[at] ?? 'the end')
  }
}

async function written(name: string, files: readonly Uint8Array[]): Promise<readonly string[]> {
  const path = join(folder, name)
  await rm(path, { recursive: true, force: true })
  await mkdir(path, { recursive: true })
  const paths = files.map((_, at) => join(path, `${at}.cap`))
  await Promise.all(files.map((file, at) => writeFile(paths[at] ?? '', file)))
  return paths
}

t.test('corrupted files of many kinds', unless(missing), async (t) => {
  const kinds = corrupted()
  t.ok(new Set(kinds.map(([name]) => name)).size >= 150, `${kinds.length} kinds`)
  t.equal(new Set(kinds.map(([name]) => name)).size, kinds.length, 'each has a name of its own')
  await same(
    t,
    await written(
      'corrupted',
      kinds.map(([, file]) => file),
    ),
  )
})

t.test('whole files of our own making', unless(missing), async (t) => {
  const fixtures = join(packageRoot, 'test/fixtures')
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.pcap'))
  const made = await written('whole', seeds()['captures'] ?? [])
  await same(t, [...names.map((name) => join(fixtures, name)), ...made])
})

const captures = PKTSPOT_CAPTURES ? undefined : 'PKTSPOT_CAPTURES names no folder'
t.test('captures', unless(missing ?? captures), async (t) => {
  const names = (await readdir(PKTSPOT_CAPTURES ?? '')).filter(
    (name) => !/\.(?:md|tsv)$/.test(name),
  )
  await same(
    t,
    names.map((name) => join(PKTSPOT_CAPTURES ?? '', name)),
  )
})

/** Tests that call every function of the addon, rightly and wrongly. */
const TESTS = ['native/arguments', 'native/groups', 'native/segments', 'plugins/counters']

for (const name of TESTS) {
  t.test(`${name} with sanitizers`, unless(missing), async (t) => {
    const { code, stdout, stderr } = (await own?.run(`test/${name}.test.js`, [], LIMIT)) ?? {}
    t.equal(findings(stderr ?? ''), '')
    t.equal(code, 0, { stdout: stdout?.slice(-2000) })
  })
}
