// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { differences, slack } from '../support/compare.ts'
import { type TotalsRow, totals } from '../support/replay.ts'
import { ESTIMATED } from '../support/truth.ts'
import { expectedOf, type FileTruth } from '../support/truth-table.ts'

const { PKTSPOT_CAPTURES: folder = '' } = process.env
const skip = folder === '' ? 'PKTSPOT_CAPTURES names no capture collection' : false

/** Path of a file that truth.json names; the labelled captures lie beside the collection, four of them compressed. */
function pathOf(key: string): string {
  const labelled = /^labelled\/shared\/(.*)$/.exec(key)?.[1]
  if (labelled === undefined) return join(folder, key.replace('shared/', ''))
  const plain = join(folder, '../labelled', labelled)
  return existsSync(plain) ? plain : `${plain}.gz`
}

function partitions({ counters: c, histograms }: TotalsRow): string[] {
  const add = (...names: readonly string[]): number =>
    names.reduce((total, name) => total + (c[name] ?? Number.NaN), 0)
  const sizes = (histograms['SIZES']?.counts ?? []).reduce((total, count) => total + count, 0)
  const pairs = [
    ['network classes', add('ARP', 'IP4', 'IP6', 'OTHER_L3'), add('PKTS')],
    ['transport classes', add('TCP', 'UDP', 'ICMP', 'ICMP6', 'OTHER_L4', 'FRAG_LATER'), add('IP')],
    ['sizes', sizes, add('PKTS')],
  ] as const
  return pairs.flatMap(([what, parts, whole]) =>
    parts === whole ? [] : [`${what}: ${parts} of ${whole}`],
  )
}

t.test('replay --totals equals the truth of every real capture', { skip }, async (t) => {
  const text = await readFile(join(folder, 'truth.json'), 'utf8')
  const { files } = JSON.parse(text) as { files: Record<string, FileTruth> }
  const known = Object.entries(files).map(([key, truth]) => ({ path: pathOf(key), truth }))
  const present = known.filter(({ path }) => existsSync(path))
  const { rows, finished } = await totals(
    present.map(({ path }) => path),
    { timeout: 240_000 },
  )
  const byFile = new Map(rows.map((row) => [row.file, row]))
  let near = 0
  let estimates = 0
  for (const { path, truth } of present) {
    const row = byFile.get(path)
    if (!row) {
      t.fail(`${path}: no row`)
      continue
    }
    const expected = expectedOf(truth)
    const wrong = differences((name) => row.counters[name], expected)
    const broken = [row.packets === row.counters['PKTS'], row.bytes === row.counters['BYTES']]
    t.same([...wrong, ...partitions(row)], [], path)
    t.same(broken, [true, true], `${path}: packets and bytes repeat the counters`)
    t.equal(row.error !== null, truth.error !== null, `${path}: error ${row.error}`)
    for (const [name, exact] of Object.entries(expected)) {
      if (!ESTIMATED.has(name)) continue
      estimates += 1
      if (Math.abs((row.counters[name] ?? 0) - exact) <= slack(exact, 0.02)) near += 1
    }
  }
  t.ok(near >= 0.9 * estimates, `${near} of ${estimates} estimates within 2 %`)
  t.equal(finished.code, 1, 'some captures are broken')
  t.equal(rows.length, present.length)
  t.ok(present.length >= 230)
  t.comment(`${present.length} captures, ${near} of ${estimates} estimates within 2 % or 3`)
})
