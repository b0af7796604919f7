// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { MonitorSpot } from '../../../src/monitor/options.ts'
import { createMemory } from '../../../src/monitor/state/memory.ts'
import type { TailStatus } from '../../../src/spot/detector.ts'
import type { SpotOptions } from '../../../src/spot/options.ts'
import { fromPlugin } from '../../../src/statistics/plugin.ts'
import type { Statistic } from '../../../src/statistics/statistic.ts'
import { named, OPTIONS, SPOT, teach } from './learned.ts'

const NOW = new Date('2026-01-02T03:04:05Z')

function threshold(tail: TailStatus): number[] {
  return [tail.threshold, tail.excessThreshold]
}

function learned(spot = SPOT, count = 500) {
  const memory = createMemory(spot)
  teach(memory.detectorOf, ['A', 'B'], count)
  return memory.save(NOW)
}

t.test('a detector goes on where it stopped', async (t) => {
  const before = createMemory(SPOT)
  teach(before.detectorOf, ['A'], 500)
  const after = createMemory(SPOT, before.save(NOW))
  const [one, other] = [before, after].map((memory) => memory.detectorOf(named('A'), OPTIONS, 1))
  t.same(other?.status().tails.map(threshold), one?.status().tails.map(threshold))
  t.match(other?.status(), { values: 500, tails: [{ state: 'calibrated' }, {}] })
  t.match(after, { restored: 1, discarded: [] })
})

t.test('one that is set otherwise now begins anew', async (t) => {
  const changes: [string, { options?: Partial<SpotOptions>; spot?: Partial<MonitorSpot> }][] = [
    ['level', { options: { level: 0.95 } }],
    ['n_init', { options: { nInit: 200 } }],
    ['max_excess', { options: { maxExcess: 100 } }],
    ['max_event', { options: { maxEvent: 60 } }],
    ['hold_off', { options: { holdOff: 5 } }],
    ['depth', { options: { depth: 10 } }],
    ['tails', { options: { tails: ['upper'] } }],
    ['range', { options: { highest: 100 } }],
    ['q', { spot: { q: 1e-5 }, options: { q: 1e-5 } }],
    ['false_alarms_per_day', { spot: { false_alarms_per_day: 2 } }],
  ]
  for (const [name, { options, spot }] of changes) {
    const memory = createMemory({ ...SPOT, ...spot }, learned())
    const one = memory.detectorOf(named('A'), { ...OPTIONS, ...options }, 1)
    t.equal(one.status().values, 0, name)
    t.match(memory, { restored: 0, discarded: ['A over 1 s'] }, name)
  }
  const statistics: [string, Partial<Statistic>][] = [
    ['counters', { counters: ['IP', 'SYN'] }],
    ['definition', { definition: 'IP / 2' }],
    ['own q', { spot: { q: 1e-5 } }],
  ]
  for (const [name, more] of statistics) {
    const memory = createMemory(SPOT, learned())
    t.equal(memory.detectorOf(named('A', more), OPTIONS, 1).status().values, 0, name)
    t.same(memory.discarded, ['A over 1 s'], name)
  }
})

t.test('a plugin that computes otherwise begins anew', async (t) => {
  const plugin = (compute: (values: readonly number[]) => number) =>
    fromPlugin({ name: 'P', counters: ['IP'], compute })
  const before = createMemory(SPOT)
  before.detectorOf(
    plugin(([ip = 0]) => ip),
    OPTIONS,
    1,
  )
  const saved = before.save(NOW)
  const restored = (compute: (values: readonly number[]) => number) => {
    const after = createMemory(SPOT, saved)
    after.detectorOf(plugin(compute), OPTIONS, 1)
    return after.restored
  }
  t.equal(
    restored(([ip = 0]) => ip),
    1,
  )
  t.equal(
    restored(([ip = 0]) => ip / 2),
    0,
  )
})

t.test('a share of the false alarms that others make smaller discards nothing', async (t) => {
  const memory = createMemory(SPOT, learned(SPOT, 20_000))
  const one = memory.detectorOf(named('A'), { ...OPTIONS, q: OPTIONS.q / 10 }, 1)
  t.match(memory, { restored: 1, discarded: [] })
  t.equal(one.status().tails[0]?.falseAlarmRatio, OPTIONS.q / 10, 'and is in force at once')
})

t.test('another window or statistic is another detector', async (t) => {
  const memory = createMemory(SPOT, learned())
  t.equal(memory.detectorOf(named('A'), OPTIONS, 10).status().values, 0)
  t.equal(memory.detectorOf(named('C'), OPTIONS, 1).status().values, 0)
  t.match(memory, { restored: 0, discarded: [] })
})

t.test('what was saved and is not asked for this time stays', async (t) => {
  const memory = createMemory(SPOT, learned())
  teach(memory.detectorOf, ['A', 'C'], 10)
  const later = new Date(NOW.getTime() + 1000)
  t.same(
    memory.save(later).map(({ statistic, saved }) => [statistic, saved]),
    [
      ['A', later],
      ['C', later],
      ['B', NOW],
    ],
  )
})

t.test('a state that does not fit is not taken', async (t) => {
  const broken = learned().map((each) => ({ ...each, state: each.state.subarray(1) }))
  const memory = createMemory(SPOT, broken)
  t.equal(memory.detectorOf(named('A'), OPTIONS, 1).status().values, 0)
  t.same(memory.discarded, ['A over 1 s'])
})

t.test('the same detector is given again, so that several captures teach one', async (t) => {
  const memory = createMemory(SPOT)
  t.equal(memory.detectorOf(named('A'), OPTIONS, 1), memory.detectorOf(named('A'), OPTIONS, 1))
})
