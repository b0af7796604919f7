// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openMonitors } from '../../src/monitor/by-length.ts'
import { openMonitor } from '../../src/monitor/monitor.ts'
import { createMemory } from '../../src/monitor/state/memory.ts'
import { busy, CHANGE, catalog, counted, options, R_SYN, SPOT, sampleOf, TRAFFIC } from './made.ts'

const QUICK = { ...SPOT, n_init: 100, q: null, false_alarms_per_day: 20 }

function monitor() {
  const memory = createMemory(QUICK)
  const opened = openMonitor(options({ spot: QUICK, detectorOf: memory.detectorOf }))
  const change = (next: Partial<Parameters<typeof opened.change>[0]>): void => {
    const all = { statistics: [R_SYN, TRAFFIC, CHANGE], catalog, spot: QUICK, ...next }
    opened.check(all)
    memory.change(all.spot, all.statistics, new Date())
    opened.change(all)
  }
  return { ...opened, change }
}

t.test('an added statistic begins, a removed one ends, and the others go on', async (t) => {
  const { observe, change } = monitor()
  for (let i = 0; i < 500; i++) observe(busy(i))
  const before = sampleOf(observe(counted(10, 150)), 'TRAFFIC')
  const added = { ...R_SYN, name: 'ADDED' }
  change({ statistics: [TRAFFIC, CHANGE, added] })
  const samples = observe(counted(10, 160))
  t.same(
    samples.map(({ statistic: { name }, windows, status }) => [name, windows, status?.values]),
    [
      ['TRAFFIC', 502, 502],
      ['CHANGE', 502, undefined],
      ['ADDED', 1, 1],
    ],
  )
  t.equal(sampleOf(samples, 'CHANGE').value, 10, 'the window before is known')
  const after = sampleOf(samples, 'TRAFFIC')
  t.equal(after.recentMin, before.recentMin)
  t.equal(after.judgement?.verdict, 'normal', 'still calibrated')
})

t.test('a further statistic makes the share of the others smaller, at once', async (t) => {
  const { observe, change } = monitor()
  for (let i = 0; i < 5000; i++) observe(busy(i))
  const target = () => sampleOf(observe(busy(1)), 'TRAFFIC').status?.tails[1]?.targetRatio ?? 0
  const three = target()
  change({ statistics: [R_SYN, TRAFFIC, CHANGE, { ...TRAFFIC, name: 'MORE' }] })
  t.ok(Math.abs(target() / three - 3 / 5) < 1e-9, `${three} of three tails, ${target()} of five`)
  change({ spot: { ...QUICK, false_alarms_per_day: 40 } })
  t.ok(Math.abs(target() / three - 2) < 1e-9, 'as do more false alarms')
  t.equal(sampleOf(observe(busy(1)), 'TRAFFIC').status?.values, 5005)
})

t.test('one that computes otherwise begins anew under its name', async (t) => {
  const { observe, change } = monitor()
  for (let i = 0; i < 10; i++) observe(busy(i))
  const halved = { ...TRAFFIC, definition: 'IP / 2', compute: () => 7 }
  change({ statistics: [R_SYN, halved] })
  t.match(sampleOf(observe(busy(1)), 'TRAFFIC'), { value: 7, windows: 1, status: { values: 1 } })
  t.match(sampleOf(observe(busy(1)), 'R_SYN'), { windows: 12 })
})

t.test('other knobs begin a detector anew, not its statistic', async (t) => {
  const { observe, change } = monitor()
  for (let i = 0; i < 10; i++) observe(busy(i))
  change({ spot: { ...QUICK, n_init: 200 } })
  t.match(sampleOf(observe(busy(1)), 'TRAFFIC'), { windows: 11, status: { values: 1 } })
})

t.test('one that is removed and comes back goes on', async (t) => {
  const { observe, change } = monitor()
  for (let i = 0; i < 500; i++) observe(busy(i))
  change({ statistics: [R_SYN] })
  observe(busy(1))
  change({ statistics: [R_SYN, TRAFFIC] })
  const samples = observe(busy(2))
  t.match(sampleOf(samples, 'TRAFFIC'), { windows: 1, status: { values: 501 } })
})

t.test('what cannot be is refused and changes nothing', async (t) => {
  const monitors = openMonitors({ ...options({ spot: QUICK }), periods: [1, 10] })
  monitors.observe(busy(1))
  const unknown = { ...R_SYN, name: 'WRONG', counters: ['NOTHING'] }
  const check = (more: object) => () =>
    monitors.check({ statistics: [R_SYN], catalog, spot: QUICK, ...more })
  t.throws(check({ statistics: [unknown] }), { code: 'SETTINGS', message: /NOTHING/ })
  t.throws(check({ spot: { ...QUICK, q: 0.5 } }), { code: 'SETTINGS', message: /q is 0.5/ })
  t.doesNotThrow(check({}))
  t.equal(monitors.observe(busy(1)).length, 3)
  t.equal(sampleOf(monitors.observe(busy(1)), 'R_SYN').windows, 3)
})
