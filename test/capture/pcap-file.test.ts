// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join as path } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import t from 'tap'
import { openCaptureFile } from '../../src/capture/pcap-file.ts'
import { windowBetween } from '../../src/counters/window.ts'
import { all } from '../fixtures/fixtures.ts'
import { fill, numbers } from '../support/bytes.ts'
import { ethernet, ipv4, TYPE, tcp } from '../support/packets.ts'
import { type Frame, gzip, pcap } from '../support/pcap.ts'
import { pcapng } from '../support/pcapng.ts'
import { counted, SECOND, windowsOf } from './counted.ts'
import { memoryInput } from './memory-input.ts'

const { PKTSPOT_SEED } = process.env
const seed = Number(PKTSPOT_SEED ?? randomInt(2 ** 31))
const START = 1_700_000_000n * SECOND

/** One small packet some seconds after the start. */
function frame(seconds: number, index = 0): Frame {
  const source = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  const segment = tcp(1024 + (index % 60_000), 80, 2)
  const data = ethernet(TYPE.ipv4, ipv4(6, segment, { source }))
  return { at: START + BigInt(Math.round(seconds * 1e9)), data }
}

const iso = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString()

t.test('windows are aligned, hold what is theirs, and the last, partial one is told', async (t) => {
  const file = pcap([2.5, 2.999, 3, 3.25, 5.75].map((at) => frame(at)))
  const { windows, error } = await windowsOf(file, 1)
  t.equal(error, undefined)
  t.same(
    windows.map(({ start, seconds, value }) => [start.toISOString(), seconds, value('PKTS')]),
    [
      [iso(2), 1, 2],
      [iso(3), 1, 2],
      [iso(4), 1, 0],
      [iso(5), 1, 1],
    ],
  )
  const [, second, empty] = windows
  t.equal(second?.exact('SOURCE_TIME'), START + 3_250_000_000n)
  t.equal(Math.round(second?.value('NB_UNIQ_SRC_ADDR') ?? 0), 1)
  t.equal(empty?.value('NB_UNIQ_SRC_ADDR'), 0, 'nothing is distinct in an empty window')
  t.equal(empty?.exact('BYTES'), 0n)
  t.same(
    empty?.buckets('SIZES').filter((count) => count > 0n),
    [],
  )

  const tens = await windowsOf(file, 10)
  t.same(
    tens.windows.map(({ start, value }) => [start.toISOString(), value('PKTS')]),
    [[iso(0), 5]],
  )
  const halves = await windowsOf(file, 0.5)
  t.same(
    halves.windows.map(({ value }) => value('PKTS')),
    [2, 2, 0, 0, 0, 0, 1],
  )
})

t.test('more than an hour without a packet is a gap before the next window', async (t) => {
  const { windows } = await windowsOf(pcap([frame(0.5), frame(3601.5), frame(7201.5)]), 1)
  t.same(
    windows.slice(0, 2).map(({ start, gap, value }) => [start.toISOString(), gap, value('PKTS')]),
    [
      [iso(0), undefined, 1],
      [iso(3601), { from: new Date(iso(1)), to: new Date(iso(3601)) }, 1],
    ],
  )
  t.equal(windows.length, 2 + 3600, 'an hour to the second is no gap')
  t.same(
    windows.slice(2).filter(({ gap }) => gap),
    [],
  )
})

t.test('timestamps going backwards count in the window that is open', async (t) => {
  const { windows } = await windowsOf(pcap([5, 3, 5.5, -4000, 6, 5].map((at) => frame(at))), 1)
  t.same(
    windows.map(({ start, value, gap }) => [start.toISOString(), value('PKTS'), gap]),
    [
      [iso(5), 4, undefined],
      [iso(6), 2, undefined],
    ],
  )
})

t.test('a broken file gives its windows, then its error', async (t) => {
  const file = pcap([frame(0), frame(1), frame(1.5), frame(2)])
  const { windows, error } = await windowsOf(file.subarray(0, file.length - 1), 1)
  t.same(
    windows.map(({ value }) => value('PKTS')),
    [1, 2],
  )
  const offset = 24 + 3 * (16 + frame(0).data.length)
  t.match(error, { code: 'PCAP_TRUNCATED', message: `test.pcap: byte ${offset}:` })
})

t.test(`pieces of any size count the same (PKTSPOT_SEED=${seed})`, async (t) => {
  const random = numbers(seed)
  const frames = all()
  const long = [...frames, { at: START, data: fill(200_000) }, ...frames]
  const files = [pcap(frames), pcapng(frames, { unknownEvery: 3 }), gzip(pcap(frames)), pcap(long)]
  for (const file of files) {
    const whole = await counted(file)
    t.equal(whole.window.value('PKTS'), file === files[3] ? long.length : frames.length)
    const sizes = [1, 2, 3, 7, 16, 61, 1000, 65_537]
    for (const size of sizes.filter((each) => each > file.length / 1e5)) {
      const { all, error } = await counted(memoryInput(file, () => size))
      t.equal(error, undefined)
      t.strictSame(all, whole.all, `pieces of ${size}`)
    }
    for (let round = 0; round < 10; round++) {
      const most = 2 ** (8 + Math.ceil(random() * 10))
      const { all } = await counted(memoryInput(file, () => Math.ceil(random() * most)))
      t.strictSame(all, whole.all, `random pieces of at most ${most}`)
    }
    const cut = file.subarray(0, Math.floor(file.length * random()))
    const once = await counted(cut)
    const bits = await counted(memoryInput(cut, () => 1 + Math.floor(random() * 500)))
    t.strictSame(bits.all, once.all, `cut at ${cut.length}`)
    t.equal(bits.error?.message, once.error?.message)
  }
})

t.test('windows do not depend on the pieces either', async (t) => {
  const frames = Array.from({ length: 300 }, (_, index) => frame(index * 0.05, index))
  const flat = async (size: number) => {
    const { windows } = await windowsOf(
      memoryInput(pcap(frames), () => size),
      1,
    )
    return windows.map(({ start, value }) => [start, value('PKTS'), value('NB_UNIQ_SRC_ADDR')])
  }
  const whole = await flat(1e6)
  t.equal(whole.length, 15)
  for (const size of [1, 5, 100, 4096]) t.strictSame(await flat(size), whole)
})

t.test('gzip is told from its first bytes, and a cut or broken one from its last', async (t) => {
  const frames = Array.from({ length: 5000 }, (_, index) => frame(index * 0.001, index))
  const packed = gzip(pcap(frames))
  const whole = await counted(packed)
  t.equal(whole.error, undefined)
  t.equal(whole.window.value('PKTS'), 5000)
  const half = packed.subarray(0, packed.length >> 1)
  const cut = await counted(half)
  t.match(cut.error, { code: 'PCAP_TRUNCATED', message: /cut short/ })
  const before = gunzipSync(half, { finishFlush: constants.Z_SYNC_FLUSH })
  t.strictSame(cut.all, (await counted(before)).all, 'what came before counts')
  t.match((await counted(packed.subarray(0, packed.length - 1))).error, { code: 'PCAP_TRUNCATED' })
  const broken = packed.with(-8, (packed.at(-8) ?? 0) ^ 1)
  const checked = await counted(broken)
  t.match(checked.error, { code: 'PCAP_FORMAT', message: /data check/ })
  t.ok(checked.window.value('PKTS') > 1000)
})

t.test('tables for 128 CPUs count the same as one', async (t) => {
  const backwards = (index: number): number => (index < 2900 ? index : -index)
  const frames = Array.from({ length: 3000 }, (_, index) => frame(backwards(index), index % 1100))
  for (const file of [pcap(all()), pcap(frames)]) {
    const one = await counted(file)
    t.strictSame((await counted(file, { tables: 128 })).all, one.all)
    t.notSame((await counted(file, { tables: 128, seed: 5n, bits: 8 })).all, one.all)
  }
  const { window } = await counted(pcap(frames), { tables: 128 })
  t.ok(Math.abs(window.value('NB_UNIQ_SRC_ADDR') - 1100) <= 22, 'within 2 %')
})

t.test('files are opened by path, and what cannot be is told', async (t) => {
  const folder = t.testdir({ 'a.pcap': Buffer.from(pcap([frame(0)])) })
  await using source = await openCaptureFile(path(folder, 'a.pcap'))
  t.equal(source.name, path(folder, 'a.pcap'))
  t.equal(source.mode, 'pcap-file')
  const before = source.look()
  const { reading, error } = await source.totals()
  t.equal(error, undefined)
  const at = { start: new Date(0), seconds: 1 }
  t.equal(windowBetween(source.catalog, before, reading, at).exact('PKTS'), 1n)
  t.strictSame(source.look().slots, reading.slots, 'a look sees what was counted')
  for (const [name, message] of [
    ['none.pcap', 'none.pcap: there is no such file'],
    ['', 'it is a directory'],
  ] as const) {
    await t.rejects(openCaptureFile(path(folder, name)), {
      name: 'CaptureError',
      code: 'PCAP_OPEN',
      message: new RegExp(message),
    })
  }
})

t.test('a device that holds nothing is an empty file', async (t) => {
  await using source = await openCaptureFile('/dev/null')
  t.match((await source.totals()).error, { code: 'PCAP_FORMAT', message: /byte 0:/ })
})

t.test(
  'a named pipe is read as it comes, and an abort ends the wait with what is there',
  async (t) => {
    const pipe = path(t.testdir(), 'pipe')
    await new Promise((done) => spawn('mkfifo', [pipe]).on('exit', done))
    await using source = await openCaptureFile(pipe)
    const writer = spawn('sh', ['-c', `exec cat > '${pipe}'`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    t.teardown(() => writer.kill())
    writer.stdin.write(pcap([frame(0), frame(1), frame(1.5)]))
    const abort = new AbortController()
    const counts: number[] = []
    for await (const window of source.windows(1, abort.signal)) {
      counts.push(window.value('PKTS'))
      setTimeout(() => abort.abort(), 50)
    }
    t.same(counts, [1, 2], 'the window that the abort cut short comes last')
  },
)

t.test('an abort stops a long silence between two packets', async (t) => {
  const abort = new AbortController()
  const frames = Array.from({ length: 200 }, (_, index) => frame(index * 3600))
  setTimeout(() => abort.abort(), 20)
  const { windows } = await windowsOf(pcap(frames), 0.1, abort.signal)
  t.ok(windows.length > 0 && windows.length < 199 * 36_000, `${windows.length} windows`)
})
