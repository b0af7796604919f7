// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Quantity } from '../../../src/statistics/expression/quantity.ts'
import { userStatistic } from '../../../src/statistics/user-statistic.ts'
import { catalogOf } from '../catalog.ts'
import { look } from '../look.ts'

const catalog = catalogOf('A', 'B', 'C', 'SIZES')

type Counts = Readonly<Record<string, Quantity>>

/** Computes an expression from counters by name. */
function compute(
  expr: string,
  now: Counts = {},
  more: { before?: Counts; seconds?: number; when?: string } = {},
): number {
  const when = more.when === undefined ? {} : { when: more.when }
  const statistic = userStatistic({ name: 'X', expr, ...when }, catalog)
  const values = (counts: Counts) => statistic.counters.map((name) => counts[name] ?? 0)
  return statistic.compute(look(values(now), more.before && values(more.before), more.seconds))
}

t.test('operators bind as in arithmetic', async (t) => {
  const cases: [string, number][] = [
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['24 / 4 / 2', 3],
    ['17 % 5 * 2', 4],
    ['-2 * -3', 6],
    ['- -2', 2],
    ['2 - -2', 4],
    ['1 + 1 == 2', 1],
    ['1 < 2 ? 3 : 4', 3],
    ['1 > 2 ? 3 : 0 ? 4 : 5', 5],
    ['1 ? 0 ? 2 : 3 : 4', 3],
    ['1 + 1 > 1 ? 10 : 20 + 5', 10],
    ['2 >= 2', 1],
    ['2 <= 1', 0],
    ['2 != 2', 0],
    ['1e-6', 0.000001],
    ['.5 + 1.', 1.5],
    ['2E3', 2000],
    ['\n 1 +\t2\n', 3],
  ]
  for (const [expr, expected] of cases) t.equal(compute(expr), expected, expr)
})

t.test('functions', async (t) => {
  const cases: [string, number][] = [
    ['min(3, 1, 2)', 1],
    ['max(3, 1 + 4, 2)', 5],
    ['abs(-3) + abs(3)', 6],
    ['log2(8)', 3],
    ['log(2.718281828459045)', 1],
    ['sqrt(16)', 4],
  ]
  for (const [expr, expected] of cases) t.equal(compute(expr), expected, expr)
})

t.test('names are the counters of the window, and seconds its length', async (t) => {
  const now = { A: 6, B: 3 }
  t.equal(compute('A / B', now), 2)
  t.equal(compute('A / seconds', now, { seconds: 10 }), 0.6)
})

t.test('no answer is not zero: NaN spreads, and so do divisions by nothing', async (t) => {
  const silent = ['0 / 0', 'A / B', '5 % 0', 'log(0)', 'log2(-1)', 'sqrt(-1)', '1 / (0 * 1)']
  for (const expr of [
    ...silent,
    ...silent.map((each) => `1 + ${each}`),
    ...silent.map((each) => `min(1, ${each})`),
    ...silent.map((each) => `max(${each}, 1)`),
    ...silent.map((each) => `(${each}) == (${each})`),
    ...silent.map((each) => `(${each}) != 1`),
    ...silent.map((each) => `(${each}) ? 1 : 2`),
    '1e308 * 10',
  ]) {
    t.ok(Number.isNaN(compute(expr, { A: 5 })), expr)
  }
})

t.test('prev is the window before, and NaN in the first', async (t) => {
  t.equal(compute('A - prev(A)', { A: 25 }, { before: { A: 10 } }), 15)
  t.equal(compute('A / prev(A + B)', { A: 30 }, { before: { A: 10, B: 5 } }), 2)
  t.ok(Number.isNaN(compute('A - prev(A)', { A: 25 })))
  t.ok(Number.isNaN(compute('prev(1)')))
  t.equal(compute('prev(seconds)', {}, { before: {}, seconds: 10 }), 10)
})

t.test('a gate that is false or NaN lets nothing through', async (t) => {
  t.equal(compute('A', { A: 5, B: 101 }, { when: 'B > 100' }), 5)
  t.ok(Number.isNaN(compute('A', { A: 5, B: 100 }, { when: 'B > 100' })))
  t.ok(Number.isNaN(compute('A', { A: 5 }, { when: 'B / C > 0' })), 'NaN')
  t.ok(Number.isNaN(compute('A', { A: 5 }, { when: 'B - prev(B) >= 0' })), 'first window')
  t.equal(compute('A', { A: 5 }, { when: 'B - prev(B) >= 0', before: {} }), 5)
})

t.test('what an expression mentions, its gate last, is what it needs', async (t) => {
  const needs = (expr: string, when: string) =>
    userStatistic({ name: 'X', expr, when }, catalog).counters
  t.same(needs('C + prev(B) + C / seconds', 'A > 1'), ['C', 'B', 'A'])
  t.same(needs('min(B, A) > 0 ? -B : 1', 'B'), ['B', 'A'])
  t.same(needs('1', '1'), [])
})

t.test('sums above 2^53 lose no increment', async (t) => {
  const large = 2n ** 53n
  const before = { A: large, B: 1 }
  t.equal(compute('A - prev(A)', { A: large + 1n }, { before }), 1)
  t.equal(compute('prev(A) - A', { A: large + 1n }, { before }), -1)
  t.equal(compute('A + B - prev(A)', { A: large + 1n, B: 2 }, { before }), 3)
  t.equal(compute('A % 2', { A: large + 1n }), 1)
  t.equal(compute('A == 9007199254740993', { A: large + 1n }), 1)
  t.equal(compute('A == 9007199254740992', { A: large + 1n }), 0)
  t.equal(compute('max(A, B) - min(B, A)', { A: large + 1n, B: large }), 1)
  t.equal(compute('abs(-A) - B', { A: large + 1n, B: large }), 1)
  t.equal(compute('A * 3 - B * 3', { A: large + 1n, B: large }), 3)
  t.equal(compute('A + B - A - B + 1', { A: 2 ** 53 - 1, B: 2 ** 53 - 1 }), 1)
  t.equal(compute('(A - B) * 2.5', { A: large + 1n, B: large }), 2.5)
  t.equal(compute('A * 0.5', { A: large + 2n }), Number(large / 2n + 1n))
  t.equal(compute('A / B', { A: 2n ** 64n - 1n, B: 2n ** 63n }), 2)
})

t.test('numbers too large to be kept whole become doubles', async (t) => {
  const factors = Array(60).fill('A').join(' * ')
  t.ok(Number.isNaN(compute(factors, { A: 2n ** 63n })), 'beyond all doubles')
  t.equal(compute('A * A * A', { A: 2n ** 63n }), 2 ** 189)
  t.equal(compute('A * A + 1 - A * A', { A: 2n ** 63n }), 1, 'whole up to 2^128')
  t.equal(compute('A * A * A + 1 - A * A * A', { A: 2n ** 63n }), 0)
})

t.test('what is defined beside the expression is the statistic’s', async (t) => {
  const plain = userStatistic({ name: 'X', expr: 'A' }, catalog)
  t.match(plain, { name: 'X', help: 'A', unit: '', tails: ['upper'], range: undefined })
  const more = { help: 'Share', unit: 'ratio', range: { highest: 1 }, spot: { q: 1e-6 } }
  t.match(userStatistic({ name: 'X', expr: 'A', ...more }, catalog), more)
})
