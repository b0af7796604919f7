// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { all } from '../fixtures/fixtures.ts'
import { differences } from '../support/compare.ts'
import { gzip, pcap } from '../support/pcap.ts'
import { type Port, pcapng } from '../support/pcapng.ts'
import { type TotalsRow, totals } from '../support/replay.ts'
import { packageRoot } from '../support/root.ts'
import type { Truth } from '../support/truth.ts'

const frames = all()
const bigEndian = true
const ports: readonly Port[] = [{}, { resolution: 9 }, { resolution: 3 }, { resolution: 0x80 | 20 }]
const spread = frames.map((frame, at) => ({ ...frame, port: at % ports.length }))

/** The fixture in every format that a capture file may have. */
const formats: Readonly<Record<string, Uint8Array>> = {
  'micro.pcap': pcap(frames),
  'micro-big.pcap': pcap(frames, { bigEndian }),
  'nano.pcap': pcap(frames, { nanoseconds: true }),
  'nano-big.pcap': pcap(frames, { nanoseconds: true, bigEndian }),
  'micro.pcap.gz': gzip(pcap(frames)),
  'one.pcapng': pcapng(frames),
  'one-big.pcapng': pcapng(frames, { bigEndian }),
  'ports.pcapng': pcapng(spread, { ports, unknownEvery: 7 }),
  'ports-big.pcapng': pcapng(spread, { ports, unknownEvery: 7, bigEndian }),
  'simple.pcapng': pcapng(frames, { simple: true }),
  'simple-big.pcapng': pcapng(frames, { simple: true, bigEndian }),
  'two-sections.pcapng': Buffer.concat([
    pcapng(frames.slice(0, 99)),
    pcapng(frames.slice(99), { bigEndian }),
  ]),
  'ports.pcapng.gz': gzip(pcapng(spread, { ports })),
  'two-members.pcap.gz': Buffer.concat([
    gzip(pcap(frames.slice(0, 99))),
    gzip(pcap(frames.slice(99)).subarray(24)),
  ]),
}

async function truthOf(name: string): Promise<Truth> {
  return JSON.parse(await readFile(join(packageRoot, 'test/fixtures', name), 'utf8')) as Truth
}

function verify(t: Test, row: TotalsRow | undefined, truth: Truth, name: string): void {
  t.equal(row?.error, null, `${name}: no error`)
  t.same(
    differences((counter) => row?.counters[counter], truth.counters),
    [],
    name,
  )
  t.same(row?.histograms['SIZES'], truth.histograms.SIZES, `${name}: sizes`)
  t.equal(row?.packets, truth.counters['PKTS'])
  t.equal(row?.bytes, truth.counters['BYTES'])
}

t.test('the fixtures count as their truth says', async (t) => {
  for (const name of ['all', 'odd']) {
    const { rows, finished } = await totals([join(packageRoot, `test/fixtures/${name}.pcap`)])
    verify(t, rows[0], await truthOf(`${name}.json`), name)
    t.equal(finished.code, 0, finished.stderr)
  }
})

t.test('every capture format gives the same counts', async (t) => {
  const folder = t.testdir()
  const truth = await truthOf('all.json')
  const paths = Object.keys(formats).map((name) => join(folder, name))
  await Promise.all(
    Object.entries(formats).map(([name, file]) => writeFile(join(folder, name), file)),
  )
  const { rows, finished } = await totals(paths)
  t.equal(finished.code, 0, finished.stderr)
  t.same(
    rows.map(({ file }) => file),
    paths,
  )
  for (const row of rows) verify(t, row, truth, row.file)
})

t.test('standard input is a capture file too', async (t) => {
  const truth = await truthOf('all.json')
  for (const name of ['micro.pcap', 'micro.pcap.gz', 'ports-big.pcapng', 'ports.pcapng.gz']) {
    const input = formats[name] ?? new Uint8Array()
    const { rows, finished } = await totals(['-'], { input })
    t.equal(finished.code, 0, finished.stderr)
    verify(t, rows[0], truth, `${name} on standard input`)
  }
})
