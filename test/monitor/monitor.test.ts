// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { Catalog, type Counter, type Kind } from '../../src/counters/catalog.ts'
import { type Window, windowBetween } from '../../src/counters/window.ts'
import { expectedFalseAlarmsPerDay } from '../../src/monitor/expected.ts'
import { createMonitor, type MonitorOptions } from '../../src/monitor/monitor.ts'
import { type MonitorSpot, spotOptions } from '../../src/monitor/options.ts'
import type { Sample } from '../../src/monitor/sample.ts'
import type { SpotOverrides } from '../../src/settings/spot.ts'
import { ratio, statistic } from '../../src/statistics/statistic.ts'

function counter(name: string, kind: Kind, index: number): Counter {
  const rest = { layers: [], unit: 'packets', help: '', metric: '', bounds: [] }
  return { name, layer: 'PKT', kind, index, ...rest }
}

const catalog = new Catalog([counter('SYN', 'sum', 0), counter('IP', 'sum', 1)])

/** A window in which so many packets were counted, cut out of two readings. */
function counted(
  syn: number,
  ip: number,
  at: { second?: number; gap?: { from: Date; to: Date } } = {},
): Window {
  const reading = (slots: bigint[]) => ({
    slots: BigUint64Array.from(slots),
    distinct: new Float64Array(),
    clocks: new BigUint64Array(),
    lost: 0n,
  })
  const start = new Date((at.second ?? 0) * 1000)
  return windowBetween(catalog, reading([5n, 7n]), reading([5n + BigInt(syn), 7n + BigInt(ip)]), {
    start,
    seconds: 1,
    ...(at.gap && { gap: at.gap }),
  })
}

const R_SYN = statistic({
  name: 'R_SYN',
  help: '',
  unit: 'ratio',
  counters: ['SYN', 'IP'],
  tails: ['upper'],
  compute: ({ values: [syn, ip] }) => ratio(syn, ip),
})
const TRAFFIC = statistic({
  name: 'TRAFFIC',
  help: '',
  unit: 'packets per second',
  counters: ['IP'],
  tails: ['lower', 'upper'],
  compute: ({ values: [ip], seconds }) => ip / seconds,
})
const CHANGE = statistic({
  name: 'CHANGE',
  help: '',
  unit: 'packets',
  counters: ['IP'],
  tails: [],
  compute: ({ values: [ip], previous }) => (previous ? ip - previous[0] : Number.NaN),
})

const SPOT: MonitorSpot = {
  false_alarms_per_day: 1,
  q: null,
  level: null,
  n_init: null,
  depth: 0,
  max_excess: 200,
  max_event: 3600,
  hold_off: 0,
}

function options(more: Partial<MonitorOptions> = {}): MonitorOptions {
  const statistics = [R_SYN, TRAFFIC, CHANGE]
  return { statistics, catalog, spot: SPOT, periodSeconds: 1, sources: 1, lengths: 1, ...more }
}

function sampleOf(samples: readonly Sample[], name: string): Sample {
  const found = samples.find((sample) => sample.statistic.name === name)
  if (!found) throw new Error(`no sample of ${name}`)
  return found
}

/** Traffic that varies without being random. */
function busy(i: number): Window {
  return counted(10 + ((i * 7919) % 31), 100 + ((i * 104_729) % 97))
}

t.test('every statistic gets a sample a window, judged where tails are monitored', async (t) => {
  const observe = createMonitor(options())
  const samples = observe(counted(3, 12))
  t.same(
    samples.map(({ statistic: { name }, value, windows }) => [name, value, windows]),
    [
      ['R_SYN', 0.25, 1],
      ['TRAFFIC', 12, 1],
      ['CHANGE', Number.NaN, 1],
    ],
  )
  t.equal(sampleOf(samples, 'R_SYN').judgement?.verdict, 'learning')
  t.same(
    sampleOf(samples, 'TRAFFIC').status?.tails.map(({ tail }) => tail),
    ['lower', 'upper'],
  )
  t.equal(sampleOf(samples, 'CHANGE').judgement, undefined)
  t.equal(sampleOf(samples, 'CHANGE').status, undefined)
})

t.test('a statistic sees the window before, but not across a gap', async (t) => {
  const observe = createMonitor(options())
  observe(counted(0, 10))
  t.equal(sampleOf(observe(counted(0, 25)), 'CHANGE').value, 15)
  const gap = { from: new Date(0), to: new Date(7_200_000) }
  const after = sampleOf(observe(counted(0, 40, { gap })), 'CHANGE')
  t.ok(Number.isNaN(after.value))
  t.ok(Number.isNaN(after.recentMax), 'what was before the gap is not recent')
})

t.test('a window that says nothing is counted and shown, but not fed', async (t) => {
  const observe = createMonitor(options())
  observe(counted(3, 12))
  const { value, status, windows, recentMax } = sampleOf(observe(counted(0, 0)), 'R_SYN')
  t.ok(Number.isNaN(value))
  t.equal(status?.values, 1)
  t.equal(windows, 2)
  t.equal(recentMax, 0.25)
})

t.test('the recent extremes are those of the last 60 seconds', async (t) => {
  for (const [periodSeconds, kept] of [
    [1, 60],
    [10, 6],
    [3600, 1],
  ] as const) {
    const spot = { ...SPOT, q: 1e-4 }
    const observe = createMonitor(options({ periodSeconds, spot }))
    observe(counted(0, 500))
    observe(counted(0, 1))
    for (let i = 2; i < kept; i++) observe(counted(0, 50))
    const last = sampleOf(observe(counted(0, 60)), 'TRAFFIC')
    t.equal(last.recentMax, 60, `${kept} windows: the largest has left`)
    t.equal(last.recentMin, kept === 1 ? 60 : 1)
  }
})

t.test('a flood is an anomaly of the statistics that see it', async (t) => {
  const observe = createMonitor(options())
  for (let i = 0; i < 1200; i++) observe(busy(i))
  const samples = observe(counted(50_000, 50_100))
  for (const name of ['R_SYN', 'TRAFFIC']) {
    const { judgement, status } = sampleOf(samples, name)
    t.match(judgement, { verdict: 'anomaly', tail: 'upper', opens: true }, name)
    t.equal(status?.tails.find(({ tail }) => tail === 'upper')?.eventOpen, true)
  }
  t.equal(sampleOf(observe(busy(3)), 'TRAFFIC').judgement?.verdict, 'normal')
})

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

t.test('a statistic of a counter that is not counted is refused', async (t) => {
  const R_ARP = statistic({ ...CHANGE, name: 'R_ARP', counters: ['ARP'], compute: () => 0 })
  t.throws(() => createMonitor(options({ statistics: [R_ARP] })), {
    code: 'SETTINGS',
    message: /^statistic R_ARP: no counter is named ARP/,
  })
})

t.test(
  'a statistic that fails says nothing, is counted and told once, and stops no other',
  async (t) => {
    const told: string[] = []
    const FAILING = statistic({
      ...CHANGE,
      name: 'FAILING',
      tails: ['upper'],
      compute: ({ values: [ip = 0] }) => {
        if (ip > 100) throw new Error(`${ip} is too much`)
        return ip
      },
    })
    const statistics = [FAILING, TRAFFIC]
    const observe = createMonitor(options({ statistics, warn: (line) => told.push(line) }))
    observe(counted(0, 50))
    observe(counted(0, 101))
    const samples = observe(counted(0, 102))
    const { value, failures, windows, status } = sampleOf(samples, 'FAILING')
    t.ok(Number.isNaN(value))
    t.match({ failures, windows, status }, { failures: 2, windows: 3, status: { values: 1 } })
    t.match(sampleOf(samples, 'TRAFFIC'), { value: 102, failures: 0 })
    t.same(told, ['statistic FAILING failed: 101 is too much; later failures are only counted'])
    t.equal(sampleOf(observe(counted(0, 60)), 'FAILING').value, 60)
  },
)

t.test('only the counters that the statistics name are read', async (t) => {
  const read = new Set<string>()
  const window = counted(3, 12)
  const exact = (name: string) => {
    read.add(name)
    return window.exact(name)
  }
  createMonitor(options({ statistics: [TRAFFIC] }))({ ...window, exact, value: () => 0 })
  t.same([...read], ['IP'])
})

t.test('values keep their digits on the way to a statistic', async (t) => {
  const seen: unknown[] = []
  const DIGITS = statistic({
    ...CHANGE,
    compute: ({ exact, exactPrevious }) => {
      seen.push([exact, exactPrevious?.values])
      return 0
    },
  })
  const observe = createMonitor(options({ statistics: [DIGITS] }))
  const exact = () => 2n ** 53n + 1n
  observe({ ...counted(0, 0), exact })
  observe({ ...counted(0, 0), exact: () => 5n })
  t.same(seen, [
    [{ values: [2n ** 53n + 1n], seconds: 1 }, undefined],
    [{ values: [5], seconds: 1 }, [2n ** 53n + 1n]],
  ])
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

t.test('statistics have detectors of their own', async (t) => {
  const observe = createMonitor(options({ statistics: [R_SYN, TRAFFIC] }))
  for (let i = 0; i < 1200; i++) observe(busy(i))
  const [share, traffic] = observe(counted(9, 10_000)).map(({ judgement }) => judgement)
  t.match([share?.verdict, traffic?.verdict], ['normal', 'anomaly'])
  t.not(share?.upper, traffic?.upper)
})

t.test('no memory of the window before is carried into the first', async (t) => {
  const observe = createMonitor(
    options({ statistics: [statistic({ ...CHANGE, tails: ['upper'] })] }),
  )
  t.match(observe(counted(0, 10))[0], { judgement: { verdict: 'learning' }, status: { values: 0 } })
  t.match(observe(counted(0, 15))[0], { value: 5, status: { values: 1 } })
})

t.test('the further out a value, the smaller its probability, on either tail', async (t) => {
  const probability = (ip: number): number => {
    const observe = createMonitor(options({ statistics: [TRAFFIC] }))
    for (let i = 0; i < 1200; i++) observe(busy(i))
    return observe(counted(0, ip))[0]?.judgement?.probability ?? Number.NaN
  }
  for (const outwards of [
    [197, 198, 200, 230],
    [99, 98, 96, 60],
  ]) {
    const probabilities = outwards.map(probability)
    const [first = 1, second = 1, third = 1, last = 1] = probabilities
    t.ok(first > second && second > third && third >= last && last >= 0, `${probabilities}`)
    t.ok(first < 0.05)
  }
  t.equal(probability(150), 1, 'in no tail')
})
