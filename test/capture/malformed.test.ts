// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import t from 'tap'
import { join as bytes, fill } from '../support/bytes.ts'
import { pcap, pcapRecord } from '../support/pcap.ts'
import { interfaceBlock, packetBlock, pcapng, section } from '../support/pcapng.ts'
import { type TotalsRow, totals } from '../support/replay.ts'
import { frame, packetsOf, replay, START, TIMEOUT } from '../support/timeline.ts'

const three = [frame(0.1), frame(0.2), frame(0.3)]
const good = pcap([frame(0, 7), frame(0.5, 8)])

/** Broken files: content, offset of the defect, frames before it. */
function broken(): Record<string, { file: Uint8Array; offset: number; packets: number }> {
  const whole = pcap(three)
  const record = 16 + (three[0]?.data.length ?? 0)
  const huge = pcapRecord({ at: START, data: new Uint8Array(17 * 2 ** 20) })
  const ng = pcapng(three)
  const head = section().length + interfaceBlock({}).length
  const block = packetBlock(frame(0.1)).length
  const length = (value: number): Uint8Array => {
    const copy = ng.slice()
    new DataView(copy.buffer).setUint32(head + 2 * block + 4, value, true)
    return copy
  }
  const second = { offset: 24 + 2 * record, packets: 2 }
  const secondBlock = { offset: head + 2 * block, packets: 2 }
  return {
    'empty.pcap': { file: new Uint8Array(), offset: 0, packets: 0 },
    'text.pcap': { file: Buffer.from('This is no capture.\n'.repeat(9)), offset: 0, packets: 0 },
    'cut-header.pcap': { file: whole.subarray(0, 10), offset: 0, packets: 0 },
    'cut-record-header.pcap': { file: whole.subarray(0, second.offset + 9), ...second },
    'cut-record.pcap': { file: whole.subarray(0, second.offset + 30), ...second },
    'huge-record.pcap': {
      file: bytes(pcap(three.slice(0, 2)), huge, pcapRecord(frame(1))),
      ...second,
    },
    'cut-block.pcapng': { file: ng.subarray(0, secondBlock.offset + 20), ...secondBlock },
    'cut-block-header.pcapng': { file: ng.subarray(0, secondBlock.offset + 6), ...secondBlock },
    'block-length-0.pcapng': { file: length(0), ...secondBlock },
    'block-length-13.pcapng': { file: length(13), ...secondBlock },
    'block-length-huge.pcapng': { file: length(0xfffffff0), ...secondBlock },
  }
}

t.test('a broken file is counted up to the defect, told, and the next is processed', async (t) => {
  const folder = t.testdir({ 'next.pcap': Buffer.from(good) })
  const next = join(folder, 'next.pcap')
  for (const [name, { file, offset, packets }] of Object.entries(broken())) {
    const path = join(folder, name)
    await writeFile(path, file)
    await t.test(name, async (t) => {
      const { rows, finished } = await totals([path, next], { timeout: TIMEOUT })
      t.equal(finished.code, 1, finished.stderr)
      t.match(rows, [
        { file: path, packets, error: String },
        { file: next, packets: 2, error: null },
      ])
      t.match(finished.stderr, name, 'the message names the file')
      t.match(finished.stderr, new RegExp(`\\b${offset}\\b`), 'and the offset')
      const [found, windows] = await replay(t, [path, next])
      t.equal(windows.code, 1)
      t.equal(packetsOf(found), packets + 2, 'windows hold what came before the defect')
      t.match(windows.stderr, name)
    })
  }
})

t.test('what cannot be read is told, and the next is processed', async (t) => {
  const folder = t.testdir({ 'next.pcap': Buffer.from(good) })
  await mkdir(join(folder, 'folder'))
  for (const path of [join(folder, 'missing.pcap'), join(folder, 'folder')]) {
    const { rows, finished } = await totals([path, join(folder, 'next.pcap')], { timeout: TIMEOUT })
    t.equal(finished.code, 1)
    t.match(rows.at(-1), { packets: 2, error: null })
    t.match(finished.stderr, basename(path))
    const [found, windows] = await replay(t, [path, join(folder, 'next.pcap')])
    t.equal(windows.code, 1)
    t.equal(packetsOf(found), 2)
  }
})

t.test('nonsense in time and interface does no harm', async (t) => {
  const folder = t.testdir()
  const nonsense = {
    'resolution-127.pcapng': pcapng(three, { ports: [{ resolution: 18 }] }).map((byte) =>
      byte === 18 ? 127 : byte,
    ),
    'no-interface.pcapng': bytes(section(), packetBlock(frame(0))),
    'last-tick.pcapng': bytes(
      pcapng(three),
      packetBlock({ at: 0xffffffffffffffffn * 1000n, data: fill(60) }),
    ),
  }
  for (const [name, file] of Object.entries(nonsense)) {
    const path = join(folder, name)
    await writeFile(path, file)
    const [, finished] = await replay(t, [path])
    t.ok([0, 1].includes(finished.code ?? -1), `${name}: exit ${finished.code}`)
    const found = await totals([path], { timeout: TIMEOUT })
    t.equal(found.finished.signal, null, name)
  }
})

t.test('the rows of totals are JSON, one a file, even for names that need quoting', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'new\nline "quoted".pcap')
  await writeFile(path, good)
  const { rows } = await totals([path])
  t.match(rows satisfies TotalsRow[], [{ file: path, packets: 2 }])
})
