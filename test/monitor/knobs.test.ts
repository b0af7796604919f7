// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Window } from '../../src/counters/window.ts'
import { expectedFalseAlarmsPerDay } from '../../src/monitor/expected.ts'
import { createMonitor } from '../../src/monitor/monitor.ts'
import type { MonitorSpot } from '../../src/monitor/options.ts'
import { spotOptions } from '../../src/monitor/options.ts'
import type { Sample } from '../../src/monitor/sample.ts'
import type { SpotOverrides } from '../../src/settings/spot.ts'
import { statistic } from '../../src/statistics/statistic.ts'
import { busy, counted, options, R_SYN, SPOT, sampleOf, TRAFFIC } from './made.ts'

t.test('the length of windows decides how many values calibrate', async (t) => {
  for (const [periodSeconds, first] of [
    [1, 1000],
    [9, 1000],
    [10, 200],
    [60, 120],
  ] as const) {
    const observe = createMonitor(options({ periodSeconds, statistics: [TRAFFIC] }))
    let i = 0
    while (observe(busy(i++))[0]?.status?.tails[0]?.state === 'learning');
    t.equal(i, first, `${periodSeconds} s`)
  }
})

t.test('the node’s false alarms are shared by its tails, windows and sources', async (t) => {
  const spot = { ...SPOT, false_alarms_per_day: 2000, n_init: 1000 }
  const observe = createMonitor(options({ spot, sources: 2 }))
  t.equal(expectedFalseAlarmsPerDay(observe(busy(0)), 1), 0, 'none while learning')
  for (let i = 1; i < 1100; i++) observe(busy(i))
  const samples = observe(busy(1100))
  const upper = sampleOf(samples, 'TRAFFIC').status?.tails.find(({ tail }) => tail === 'upper')
  t.equal(upper?.falseAlarmRatio, 2000 / (3 * 2 * 86_400))
  const expected = expectedFalseAlarmsPerDay(samples, 1)
  t.ok(Math.abs(expected - 1000) < 1e-6, `${expected} of this source’s half`)
})

t.test('a fresh detector expects more false alarms than asked for, and says so', async (t) => {
  const observe = createMonitor(options({ statistics: [TRAFFIC] }))
  let samples: readonly Sample[] = []
  for (let i = 0; i < 1000; i++) samples = observe(busy(i))
  const expected = expectedFalseAlarmsPerDay(samples, 1)
  t.ok(Math.abs(expected - (2 * 86_400) / 10_000) < 1e-9, `${expected}`)
})

t.test('an explicit q overrides; one that leaves nothing to learn from is refused', async (t) => {
  const learn = (q: number) => {
    const spot = { ...SPOT, q, level: 0.98, n_init: 1000 }
    const observe = createMonitor(options({ spot, statistics: [TRAFFIC] }))
    let samples: readonly Sample[] = []
    for (let i = 0; i < 1000; i++) samples = observe(busy(i))
    return samples[0]?.status?.tails.map(({ falseAlarmRatio }) => falseAlarmRatio)
  }
  t.same(learn(0.005), [0.005, 0.005])
  t.throws(() => learn(0.02), {
    code: 'SETTINGS',
    message: /^statistic TRAFFIC: q is 0\.02, which must be below 1 - level = 0\.02;/,
  })
  const generous = { ...SPOT, false_alarms_per_day: 86_400 }
  t.throws(() => createMonitor(options({ spot: generous })), {
    code: 'SETTINGS',
    message: /^statistic R_SYN: 86400 false alarms a day over 3 tails make q 0\.3/,
  })
})

t.test('max_event is given in seconds', async (t) => {
  const spot = { ...SPOT, max_event: 600, q: 1e-3 }
  const observe = createMonitor(options({ spot, periodSeconds: 10, statistics: [TRAFFIC] }))
  for (let i = 0; i < 1000; i++) observe(busy(i))
  let windows = 0
  while (observe(counted(0, 10_000))[0]?.status?.recalibrations === 0) windows++
  t.equal(windows + 1, 60)
})

t.test('a statistic has knobs of its own over those of all', async (t) => {
  const state = (own: SpotOverrides, general: Partial<MonitorSpot> = {}, windows = 1001) => {
    const statistics = [statistic({ ...TRAFFIC, tails: ['upper'], spot: own }), R_SYN]
    const observe = createMonitor(options({ statistics, spot: { ...SPOT, ...general } }))
    let samples: readonly Sample[] = []
    for (let i = 0; i < windows; i++) samples = observe(busy(i))
    const [mine, other] = samples.map(({ status }) => status?.tails[0])
    return { mine, other }
  }
  const ratios = (own: SpotOverrides, general: Partial<MonitorSpot> = {}) => {
    const { mine, other } = state(own, general)
    return [mine?.falseAlarmRatio, other?.falseAlarmRatio]
  }
  const day = 86_400
  t.same(ratios({ q: 0.005 }, { q: 0.002 }), [0.005, 0.002])
  t.same(ratios({ q: 0.005 }, { false_alarms_per_day: 200 }), [0.005, 200 / (2 * day)])
  t.same(ratios({ q: null }, { q: 0.002, false_alarms_per_day: 400 }), [400 / (2 * day), 0.002])
  t.same(ratios({ false_alarms_per_day: 100 }, { q: 0.002 }), [100 / day, 0.002], 'over its own')
  const calibrated = state({ n_init: 100, level: 0.8 }, {}, 200)
  t.match(calibrated, { mine: { state: 'calibrated' }, other: { state: 'learning' } })
  const excesses = state({ level: 0.9 }, { level: 0.95 }, 1000)
  const [many = 0, few = 0] = [excesses.mine?.excesses, excesses.other?.excesses]
  t.ok(many > 80 && many <= 100 && few > 30 && few <= 50, `${many} and ${few} excesses`)
  t.throws(() => state({ q: 0.04 }), {
    code: 'SETTINGS',
    message: /^statistic TRAFFIC: q is 0\.04, which must be below 1 - level = 0\.03;/,
  })
})

t.test('hold_off, max_event and depth hold for one statistic alone', async (t) => {
  const after = (own: SpotOverrides, feed: (i: number) => Window, windows: number) => {
    const mine = statistic({ ...TRAFFIC, tails: ['upper'], spot: own })
    const other = statistic({ ...TRAFFIC, name: 'OTHER', tails: ['upper'] })
    const spot = { ...SPOT, q: 1e-3 }
    const observe = createMonitor(options({ statistics: [mine, other], spot }))
    for (let i = 0; i < 1000; i++) observe(busy(i))
    let samples: readonly Sample[] = []
    for (let i = 0; i < windows; i++) samples = observe(feed(i))
    return samples.map(({ status }) => status)
  }
  const spikes = (i: number) => (i % 5 === 0 ? counted(0, 10_000) : busy(i))
  const events = after({ hold_off: 10 }, spikes, 50).map((each) => each?.tails[0]?.events)
  t.same(events, [1, 10])
  const shifts = after({ max_event: 20 }, () => counted(0, 10_000), 30)
  t.same(
    shifts.map((each) => each?.recalibrations),
    [1, 0],
  )
  const drifting = after({ depth: 50 }, busy, 0 + 1)
  t.ok((drifting[0]?.tails[0]?.calibration ?? 1) < 1 && drifting[1]?.tails[0]?.calibration === 1)
})

t.test('every knob of a statistic reaches its detector', async (t) => {
  const spot = {
    q: 1e-5,
    level: 0.9,
    n_init: 60,
    depth: 7,
    max_excess: 30,
    max_event: 90,
    hold_off: 4,
  }
  const own = statistic({ ...TRAFFIC, spot })
  const node = { periodSeconds: 10, sources: 1, lengths: 1, tails: 2 }
  t.same(spotOptions(own, SPOT, node), {
    tails: ['lower', 'upper'],
    q: 1e-5,
    level: 0.9,
    nInit: 60,
    depth: 7,
    maxExcess: 30,
    maxEvent: 9,
    holdOff: 4,
  })
  const general = spotOptions(TRAFFIC, { ...SPOT, ...spot }, node)
  t.same(general, spotOptions(own, SPOT, node), 'and from the settings for all')
})
