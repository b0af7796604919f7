// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Report } from '../../src/exporters/exporter.ts'
import { createHistory } from '../../src/exporters/history.ts'
import type { Watched } from '../../src/exporters/observed.ts'
import type { Sample } from '../../src/monitor/sample.ts'
import { exporterContract } from '../contracts/exporter.ts'
import { ANOMALY, LEARNING, observed, R_SYN, report, SIZE, sample, statistics } from './fixture.ts'

const WATCHED: Watched = { sources: [observed('eth0')], statistics, base: 1, periods: [1, 10] }
const EPOCH = Date.UTC(2026, 0, 1)

const at = (second: number): Date => new Date(EPOCH + second * 1000)

function reported(second: number, samples: readonly Sample[], period = 1): Report {
  const { window } = report('eth0')
  return report('eth0', { window: { ...window, start: at(second), period }, samples })
}

const value = (of: number): Sample => sample(R_SYN, of, { ...ANOMALY, verdict: 'normal' })

t.test('does what every exporter must do', (t) => exporterContract(t, () => createHistory(WATCHED)))

t.test('keeps values with the thresholds and verdicts they were judged by', async (t) => {
  const history = createHistory(WATCHED)
  history.publish(reported(0, [sample(R_SYN, 0.5, LEARNING), sample(SIZE, Number.NaN)]))
  history.publish(reported(1, [sample(R_SYN, 0.9, ANOMALY), sample(SIZE, 70)]))
  const [windows, ...more] = history.windows({})
  t.same(more, [])
  t.match(windows, { source: 'eth0', period: 1, capacity: 300, times: [at(0), at(1)] })
  t.same(windows?.statistics, [
    {
      name: 'R_SYN',
      values: [0.5, 0.9],
      upper: [Number.NaN, 0.875],
      lower: [Number.NaN, Number.NaN],
      marks: [{ time: at(1), verdict: 'anomaly', tail: 'upper' }],
    },
    {
      name: 'AVG_PKT_SIZE',
      values: [Number.NaN, 70],
      upper: [Number.NaN, Number.NaN],
      lower: [Number.NaN, Number.NaN],
      marks: [],
    },
  ])
})

t.test('forgets the oldest windows, and knows what came since', async (t) => {
  const history = createHistory(WATCHED)
  for (let second = 0; second < 1000; second++) history.publish(reported(second, [value(second)]))
  const [all] = history.windows({})
  t.same(
    all?.statistics[0]?.values,
    Array.from({ length: 300 }, (_, index) => 700 + index),
  )
  t.same(all?.times.at(0), at(700))
  const since = (second: number) =>
    history.windows({ since: at(second) })[0]?.statistics[0]?.values ?? []
  t.same(since(997), [998, 999])
  t.same(since(999), [])
  t.equal(since(3).length, 300, 'longer ago than it remembers')
  history.publish(reported(500, [value(5)]))
  t.same(since(999), [5], 'the clock was set back')
})

t.test('tells sources and lengths apart', async (t) => {
  const history = createHistory(WATCHED)
  for (const period of [1, 10]) history.publish(reported(0, [value(period)], period))
  history.publish({ ...reported(0, [value(2)]), source: 'eth1' })
  const found = (wanted: object) =>
    history.windows(wanted).map(({ source, period }) => `${source} ${period}`)
  t.same(found({}), ['eth0 1', 'eth0 10', 'eth1 1'])
  t.same(found({ source: 'eth1' }), ['eth1 1'])
  t.same(found({ period: 10 }), ['eth0 10'])
})

t.test('a statistic that is no longer computed is forgotten, a new one begins blank', async (t) => {
  const history = createHistory(WATCHED)
  history.publish(reported(0, [value(1)]))
  history.publish(reported(1, [sample(SIZE, 60)]))
  const [windows] = history.windows({})
  t.same(
    windows?.statistics.map(({ name, values }) => [name, values]),
    [['AVG_PKT_SIZE', [Number.NaN, 60]]],
  )
})

t.test('keeps fewer windows of many interfaces: 16 MiB at most', async (t) => {
  const sources = Array.from({ length: 500 }, (_, index) => observed(`veth${index}`))
  const many = Array.from({ length: 40 }, (_, index) => ({ ...R_SYN, name: `S${index}` }))
  const history = createHistory({ ...WATCHED, sources, statistics: many })
  history.publish(reported(0, [value(1)]))
  const capacity = history.windows({})[0]?.capacity ?? 0
  t.ok(capacity >= 10 && capacity * 500 * 2 * (40 * 25 + 8) <= 2 ** 24, `${capacity} windows`)
})
