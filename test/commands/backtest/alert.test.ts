// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { episodes } from '../../../src/commands/backtest/alert.ts'
import { milliseconds } from '../../../src/commands/backtest/duration.ts'
import { fresh } from '../../../src/commands/backtest/fresh.ts'
import { wantedBy } from '../../../src/commands/backtest/rule-file.ts'

/** Evaluates once a second; `x` is where the expression holds, with the second as its value. */
function found(pattern: string, holdFor: number, keepFiringFor = 0) {
  const times = [...pattern].map((_, index) => index * 1000)
  const values = new Map(
    times.filter((_, index) => pattern[index] === 'x').map((time) => [time, time / 1000]),
  )
  const holding = { holdFor: holdFor * 1000, keepFiringFor: keepFiringFor * 1000 }
  return episodes(times, values, holding).map(({ pending, firing, resolved, value }) => [
    pending / 1000,
    firing === null ? null : firing / 1000,
    resolved === null ? null : resolved / 1000,
    value,
  ])
}

t.test('without for an alert fires at once', async (t) => {
  t.same(found('..xx.x', 0), [
    [2, 2, 4, 2],
    [5, 5, null, 5],
  ])
})

t.test('for must have passed without a break', async (t) => {
  t.same(found('xx.xxx.', 2), [
    [0, null, null, 0],
    [3, 5, 6, 5],
  ])
})

t.test('keep_firing_for bridges breaks of what fires, not of what is pending', async (t) => {
  t.same(found('x..x..xx', 0, 3), [[0, 0, null, 0]])
  t.same(found('x....x', 0, 3), [
    [0, 0, 4, 0],
    [5, 5, null, 5],
  ])
  t.same(found('x.xx', 1, 3), [
    [0, null, null, 0],
    [2, 3, null, 3],
  ])
})

t.test('reads durations', async (t) => {
  t.same(
    ['1m', '1h30m', '500ms', '1d', '0', '0s', '1w2d3h4m5s6ms'].map(milliseconds),
    [60_000, 5_400_000, 500, 86_400_000, 0, 0, 788_645_006],
  )
})

t.test('lets what was recorded end, wherever it is selected', async (t) => {
  const rule = { expr: '1', interval: 5000, holdFor: 0, keepFiringFor: 0, labels: {} }
  const rules = [{ ...rule, kind: 'record' as const, name: 'a:b' }]
  const ends = (text: string) => `(${text} and (timestamp(${text}) > time() - 5))`
  t.equal(fresh('a:b > 1', rules), `${ends('a:b')} > 1`)
  t.equal(fresh('sum(a:b{x="}", y=\'z\'})', rules), `sum(${ends('a:b{x="}", y=\'z\'}')})`)
  for (const same of [
    'a:b:c',
    'x:a:b',
    'rate(a:b[5m])',
    'a:b{x="y"}[5m]',
    'a:b offset 1m',
    'c{d="a:b"}',
  ]) {
    t.equal(fresh(same, rules), same)
  }
})

t.test('keeps the metrics that rules name, all where they may be any', async (t) => {
  const rule = { name: 'a', interval: 1, holdFor: 0, keepFiringFor: 0, labels: {} }
  const wanted = (expr: string) => wantedBy([{ ...rule, kind: 'alert', expr }])
  const names = ['a', 'b_total', 'c']
  t.same(names.filter(wanted('a > b_total{x="y"}')), ['a', 'b_total'])
  t.same(names.filter(wanted('histogram_quantile(0.9, rate(c_bucket[5m]))')), ['c'])
  t.same(names.filter(wanted('{__name__=~".+"} > 1')), names)
  t.same(names.filter(wanted('sum({interface="eth0"})')), names)
})
