// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { withLongerWindows } from '../../src/capture/longer-windows.ts'
import { captureFile } from '../../src/capture/pcap-file.ts'
import type { Window } from '../../src/counters/window.ts'
import { all } from '../fixtures/fixtures.ts'
import { differences } from '../support/compare.ts'
import { type Frame, pcap } from '../support/pcap.ts'
import { countFrames } from '../support/truth.ts'
import { memoryInput } from './memory-input.ts'

const SECOND = 1_000_000_000n
const HOUR = 3600n * SECOND
/** A whole multiple of an hour since the epoch. */
const START = 500_000n * HOUR

/** The fixture's frames, dealt out over so many seconds. */
function spread(seconds: number, from = START): Frame[] {
  const frames = all()
  return frames.map((frame, index) => ({
    ...frame,
    at: from + BigInt(Math.floor((index * seconds) / frames.length)) * SECOND,
  }))
}

async function windowsOf(frames: readonly Frame[], periods: readonly number[]): Promise<Window[]> {
  await using source = captureFile('memory', memoryInput(pcap(frames)))
  const windows: Window[] = []
  const stop = new AbortController()
  for await (const window of withLongerWindows(source, periods).windows(1, stop.signal)) {
    windows.push(window)
  }
  return windows
}

function within(frames: readonly Frame[], { start, period }: Window): Frame[] {
  const from = BigInt(start.getTime()) * 1_000_000n
  return frames.filter(({ at }) => at >= from && at < from + BigInt(period) * SECOND)
}

t.test('a longer window holds what an independent count finds in it', async (t) => {
  const frames = spread(47)
  const windows = await windowsOf(frames, [1, 10, 20])
  for (const period of [10, 20]) {
    const longer = windows.filter((window) => window.period === period)
    t.equal(longer.length, Math.ceil(47 / period))
    for (const window of longer) {
      t.equal(window.start.getTime() % (period * 1000), 0, 'aligned to its own length')
      const { counters } = countFrames(within(frames, window))
      t.same(
        differences((name) => window.value(name), counters),
        [],
      )
    }
    const packets = longer.reduce((sum, window) => sum + window.value('PKTS'), 0)
    t.equal(packets, frames.length, 'nothing is left out or counted twice')
  }
})

t.test('a longer window comes after the last base window that it holds', async (t) => {
  const windows = await windowsOf(spread(20), [1, 10])
  const periods = windows.map(({ period }) => period)
  t.same(periods, [...Array(10).fill(1), 10, ...Array(10).fill(1), 10])
  t.same(
    windows.filter(({ period }) => period === 10).map(({ seconds }) => seconds),
    [10, 10],
  )
})

t.test('distinct values are merged, not added', async (t) => {
  const [frame] = all()
  if (!frame) throw new Error('the fixture is empty')
  const tcp = all()
    .filter(({ data }) => data[12] === 8 && data[13] === 0)
    .slice(0, 1)
  const frames = Array.from({ length: 10 }, (_, second) =>
    tcp.map((each) => ({ ...each, at: START + BigInt(second) * SECOND })),
  ).flat()
  const windows = await windowsOf(frames, [1, 10])
  const sources = windows.map((window) => Math.round(window.value('NB_UNIQ_SRC_ADDR')))
  t.same(sources, Array(11).fill(1))
})

t.test('a gap cuts a longer window short and starts the next one anew', async (t) => {
  const before = spread(5)
  const after = spread(5, START + 3n * HOUR + 4n * SECOND)
  const windows = await windowsOf([...before, ...after], [10])
  const longer = windows.filter(({ period }) => period === 10)
  t.same(
    longer.map((window) => window.value('PKTS')),
    [before.length, after.filter(({ at }) => at < START + 3n * HOUR + 10n * SECOND).length],
  )
  t.same(
    longer.map(({ afterGap }) => afterGap),
    [undefined, true],
  )
  t.equal(windows.filter(({ gap }) => gap).length, 1, 'the gap itself is told once')
  t.ok(
    longer.every(({ start }) => start.getTime() % 10_000 === 0),
    'aligned all the same',
  )
})
