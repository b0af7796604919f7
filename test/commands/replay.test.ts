// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { gzip, pcap } from '../support/pcap.ts'
import { lines, pktspot, type TotalsRow, totals } from '../support/replay.ts'
import { program } from '../support/root.ts'
import { frame, type Line } from '../support/timeline.ts'

const frames = [0, 0.5, 1.2, 3.1].map((seconds, index) => frame(seconds, index))
const file = pcap(frames)

t.test('standard input counts as the file does, plain or in gzip', async (t) => {
  const path = join(t.testdir({ 'a.pcap': Buffer.from(file) }), 'a.pcap')
  const { rows } = await totals([path])
  for (const input of [file, gzip(file)]) {
    const found = await totals(['-'], { input })
    t.equal(found.finished.code, 0, found.finished.stderr)
    t.match(found.rows, [{ file: '-', packets: 4, error: null }])
    t.same(found.rows[0]?.histograms, rows[0]?.histograms)
    t.equal(found.rows[0]?.counters['SYN'], 4)
  }
})

t.test('totals are exact in every digit', async (t) => {
  const finished = await pktspot(['replay', '--totals', '-'], { input: file })
  t.match(finished.stdout, '"SOURCE_TIME":1700000003100000000}')
  const [row] = lines<TotalsRow>(finished.stdout)
  t.same(Object.keys(row ?? {}), [
    'file',
    'packets',
    'bytes',
    'error',
    'counters',
    'histograms',
    'groups',
  ])
  const { bounds = [], counts = [] } = row?.histograms['SIZES'] ?? {}
  t.equal(counts.length, bounds.length + 1)
  t.equal(counts[0], 4, 'all frames are short')
})

t.test('windows name the source and carry the chosen statistics', async (t) => {
  const args = ['replay', '--period', '1', '--stats', 'R_SYN', '-']
  const { code, stdout } = await pktspot(args, { input: file })
  t.equal(code, 0)
  const found = lines<Line & { interface: string; window: number; statistics: object }>(stdout)
  t.same(
    found.map((line) => [line.kind, line.interface, line.window, line.counters?.['PKTS']]),
    [...[2, 1, 0, 1].map((packets) => ['data', 'stdin', 1, packets]), ['data', 'stdin', 10, 4]],
  )
  t.same(Object.keys(found[0]?.statistics ?? {}), ['R_SYN'])
  const table = await pktspot([...args, '--format', 'table'], { input: file })
  t.equal(table.stdout.trimEnd().split('\n').length, 7, 'two lines of heading, a row a window')
})

t.test('a file replayed again counts the same', async (t) => {
  const many = pcap(Array.from({ length: 3000 }, (_, index) => frame(index / 1000, index)))
  const run = async () => {
    const { stdout } = await pktspot(['replay', '-'], { input: many })
    return stdout.replaceAll(/"REAL_TIME":\d+|"PERF":\{[^}]*\}/g, '')
  }
  t.equal(await run(), await run())
})

t.test('a live input shows each window as it closes, and SIGINT ends it with 0', async (t) => {
  const child = spawn(process.execPath, [program, 'replay', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.write(file)
  const shown: string[] = []
  const output = createInterface(child.stdout)
  output.on('line', (line) => shown.push(line))
  await once(output, 'line')
  await sleep(200)
  const before = Date.now()
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.ok(Date.now() - before < 5000, 'promptly, though nothing more arrives')
  t.equal(shown.length, 5, 'the windows that were open are told, too')
})

t.test('SIGTERM ends a wait for the first byte', async (t) => {
  const child = spawn(process.execPath, [program, 'replay', '--totals', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await sleep(1500)
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  t.equal(code, 0)
})
