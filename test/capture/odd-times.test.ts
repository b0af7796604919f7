// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { join as bytes } from '../support/bytes.ts'
import { pcap, pcapHeader } from '../support/pcap.ts'
import { interfaceBlock, pcapng, section } from '../support/pcapng.ts'
import { totals } from '../support/replay.ts'
import { frame, packetsOf, replay, SECOND, START, TIMEOUT } from '../support/timeline.ts'

const YEAR = 31_557_600n * SECOND
const three = [frame(0.1), frame(0.2), frame(0.3)]

/** Odd but whole files: frames, and the seconds from the first window to the last, both included. */
const odd: Readonly<Record<string, { file: Uint8Array; packets: number; windows: number }>> = {
  'no-frames.pcap': { file: pcapHeader(), packets: 0, windows: 0 },
  'short.pcap': { file: pcap(three), packets: 3, windows: 1 },
  'one.pcap': { file: pcap([frame(59.9)]), packets: 1, windows: 1 },
  'silence.pcap': { file: pcap([frame(0), frame(30)]), packets: 2, windows: 31 },
  'zero-length.pcap': {
    file: pcap([{ at: START, data: new Uint8Array() }, frame(0.5)]),
    packets: 2,
    windows: 1,
  },
  'empty-second-section.pcapng': {
    file: bytes(pcapng(three), section(true), interfaceBlock({}, true)),
    packets: 3,
    windows: 1,
  },
}

t.test('a short or odd file is counted whole, its last window included', async (t) => {
  const folder = t.testdir()
  for (const [name, { file, packets, windows }] of Object.entries(odd)) {
    const path = join(folder, name)
    await writeFile(path, file)
    const { rows, finished } = await totals([path], { timeout: TIMEOUT })
    t.match(rows, [{ packets, error: null }], name)
    t.equal(finished.code, 0, finished.stderr)
    const [found, ended] = await replay(t, [path])
    t.equal(ended.code, 0, ended.stderr)
    t.equal(packetsOf(found), packets, name)
    t.equal(found.filter(({ kind }) => kind === 'data').length, windows, `${name}: windows`)
  }
})

t.test('timestamps going backwards lose no frame and never turn a window back', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'backwards.pcap')
  const order = [5, 6, 2, 5.5, 7, 0, 7.5].map((seconds, at) => frame(seconds, at))
  await writeFile(path, pcap(order))
  const [found, finished] = await replay(t, [path])
  t.equal(finished.code, 0, finished.stderr)
  t.equal(packetsOf(found), order.length)
  const times = found.filter(({ kind }) => kind === 'data').map(({ time }) => Date.parse(time))
  t.same(
    times,
    [...new Set(times)].sort((a, b) => a - b),
    'windows ascend',
  )
})

t.test('a gap is one record, however long', async (t) => {
  const folder = t.testdir()
  const after = (first: bigint, gap: bigint): Uint8Array =>
    pcap([
      { ...frame(0), at: first },
      { ...frame(0), at: first + gap },
    ])
  const gaps = {
    'two-hours.pcap': after(START, 7200n * SECOND),
    'fifty-years.pcap': after(1n * SECOND, 50n * YEAR),
    'all-time.pcap': after(0n, 0xffffffffn * SECOND),
  }
  for (const [name, file] of Object.entries(gaps)) {
    const path = join(folder, name)
    await writeFile(path, file)
    const [found, finished] = await replay(t, [path])
    t.equal(finished.code, 0, finished.stderr)
    t.equal(packetsOf(found), 2, name)
    t.equal(found.filter(({ kind }) => kind === 'gap').length, 1, `${name}: one gap`)
    t.ok(found.length <= 4, `${name}: ${found.length} lines`)
  }
})
