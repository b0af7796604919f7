// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Window } from '../../src/counters/window.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { all } from '../fixtures/fixtures.ts'
import { differences } from '../support/compare.ts'
import { countFrames, DISTINCT_NAMES, type Truth } from '../support/truth.ts'
import { fed, slot, twice } from './feeding.ts'
import { groupsContract } from './groups.ts'
import type { SourceCase } from './subject.ts'

/** What every source promises; call it once for each implementation. */
export async function sourceContract(t: Test, subject: SourceCase): Promise<void> {
  const truth = countFrames(all())
  await t.test(`${subject.name}: offers every counter`, async (t) => {
    await using source = (await subject.open(t)).source
    const names = [...Object.keys(truth.counters), 'SIZES', 'SOURCE_TIME', 'REAL_TIME']
    t.same(
      names.filter((name) => !source.catalog.find(name)),
      [],
    )
  })
  await t.test(`${subject.name}: counts the fixture exactly, windows and totals alike`, (t) =>
    countsExactly(t, subject, truth),
  )
  await t.test(`${subject.name}: cuts aligned windows, empty ones included`, (t) =>
    cutsWindows(t, subject, truth),
  )
  await t.test(`${subject.name}: looks without closing a window`, (t) => looks(t, subject, truth))
  await t.test(`${subject.name}: ends when the signal aborts`, (t) => aborts(t, subject))
  await groupsContract(t, subject)
  await t.test(`${subject.name}: leaves nothing open`, (t) => leavesNothing(t, subject))
}

async function countsExactly(t: Test, subject: SourceCase, truth: Truth): Promise<void> {
  const { source, feed } = await subject.open(t)
  await using _ = source
  const windows = await fed(source, feed, truth, 1)
  const sums = Object.keys(truth.counters).filter((name) => !DISTINCT_NAMES.has(name))
  const expected = Object.fromEntries(sums.map((name) => [name, truth.counters[name] ?? 0]))
  const inWindows = (name: string): number =>
    windows.reduce((total, window) => total + window.value(name), 0)
  t.same(differences(inWindows, expected), [], 'the windows add up to the truth')
  const reading = source.look()
  t.same(
    differences((name) => slot(source, reading, name), expected),
    [],
    'and so do the totals',
  )
  const { counts } = truth.histograms.SIZES
  const sizes = counts.map((_, bucket) =>
    windows.reduce((total, window) => total + Number(window.buckets('SIZES')[bucket]), 0),
  )
  t.same(sizes, counts, 'and the size histogram')
  t.equal(
    windows.reduce((total, { lost }) => total + lost, 0),
    0,
    'nothing is lost',
  )
}

async function cutsWindows(t: Test, subject: SourceCase, truth: Truth): Promise<void> {
  const seconds = 1
  const { source, feed } = await subject.open(t)
  await using _ = source
  const windows = await fed(source, () => twice(feed, subject.live), truth, seconds, subject.live)
  const starts = windows.map(({ start }) => start.getTime())
  const period = seconds * 1000
  const whole = (start = 0): number => Math.floor(start / period) * period
  t.same(
    starts.filter((start, at) => at > 0 && start !== whole(starts[at - 1]) + period),
    [],
    'windows start at whole multiples of the period, each after the one before',
  )
  const lengths = windows.map((window) => window.seconds)
  t.ok(
    lengths.slice(1, -1).every((length) => length === seconds),
    'windows between the first and the last are whole',
  )
  t.ok(
    lengths.every((length) => length > 0 && length <= seconds),
    'the first and the last may be partial',
  )
  t.ok((windows.at(-1)?.value('PKTS') ?? 0) > 0, 'what came in the last one is reported')
  const empty = windows.filter((window) => window.value('PKTS') === 0)
  t.ok(empty.length > 0, 'empty windows are there')
  const distinct = [...DISTINCT_NAMES]
  t.same(
    empty.flatMap((window) => distinct.filter((name) => window.value(name) !== 0)),
    [],
    'distinct values start anew in each window',
  )
  if (subject.live) {
    const full = windows.filter((window) => window.value('PKTS') === truth.counters['PKTS'])
    t.equal(full.length, 2, `two windows hold the fixture (${windows.map((w) => w.value('PKTS'))})`)
    for (const window of full) {
      t.same(
        differences((name) => window.value(name), truth.counters),
        [],
      )
    }
  } else {
    t.ok(
      starts.every((start) => start % period === 0),
      'the first window too starts at a whole multiple',
    )
    t.same(differencesByWindow(windows, seconds), [])
  }
}

async function looks(t: Test, subject: SourceCase, truth: Truth): Promise<void> {
  const { source, feed } = await subject.open(t)
  await using _ = source
  const state = { fed: false, falling: 0, looks: 0 }
  const watch = async (): Promise<void> => {
    for (let before = source.look(); !state.fed; await sleep(5)) {
      const after = source.look()
      if (after.slots.some((value, at) => value < (before.slots[at] ?? 0n))) state.falling += 1
      state.looks += 1
      before = after
    }
  }
  const watching = watch()
  const windows = await fed(source, feed, truth, 1)
  state.fed = true
  await watching
  t.equal(state.falling, 0, `sums never fall in ${state.looks} looks`)
  const packets = windows.reduce((total, window) => total + window.value('PKTS'), 0)
  t.equal(packets, truth.counters['PKTS'], 'and no window misses what was looked at')
  t.same(source.look().slots, source.look().slots, 'looking changes nothing')
}

async function aborts(t: Test, subject: SourceCase): Promise<void> {
  const { source } = await subject.open(t)
  await using _ = source
  const stop = new AbortController()
  stop.abort()
  const began = Date.now()
  const seen: Window[] = []
  for await (const window of source.windows(3600, stop.signal)) seen.push(window)
  t.ok(seen.length <= 1, 'at most the partial window')
  t.ok(Date.now() - began < 1000, 'at once, not at the end of the period')
}

async function leavesNothing(t: Test, subject: SourceCase): Promise<void> {
  const once = async (): Promise<void> => {
    const { source } = await subject.open(t)
    await using _ = source
    source.openGroup(groupSpec(['ip.src']))
    const stop = AbortSignal.timeout(50)
    for await (const window of source.windows(60, stop)) t.ok(window.seconds > 0)
  }
  await once() // fills thread pools and caches
  const before = await held()
  await once()
  t.same(await held(), before, 'descriptors, mappings of tables and timers are as before')
}

/** Descriptors and timers that this process holds. */
async function held(): Promise<Record<string, number>> {
  await sleep(100)
  const descriptors = await readdir('/proc/self/fd')
  const maps = await readFile('/proc/self/maps', 'utf8')
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')
  return {
    descriptors: descriptors.length,
    bpfMappings: maps.split('\n').filter((line) => line.includes('bpf-map')).length,
    timers: timers.length,
  }
}

/** Compares each window of a replayed fixture with the truth of the frames that lie in it. */
function differencesByWindow(windows: readonly Window[], seconds: number): string[] {
  const period = BigInt(seconds) * 1_000_000_000n
  return windows.flatMap((window) => {
    const from = BigInt(window.start.getTime()) * 1_000_000n
    const frames = all().filter(({ at }) => at >= from && at < from + period)
    const last = frames.at(-1)?.at ?? 0n
    const wrong = differences((name) => window.value(name), countFrames(frames).counters)
    const time = frames.length > 0 && window.exact('SOURCE_TIME') !== last ? ['SOURCE_TIME'] : []
    return [...wrong, ...time].map((what) => `${window.start.toISOString()} ${what}`)
  })
}
