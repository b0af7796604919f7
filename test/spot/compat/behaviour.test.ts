// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { findRoot } from '../../../src/spot/compat/brent.ts'
import { type CompatOptions, createCompatDetector } from '../../../src/spot/compat/compat.ts'
import { pSquared } from '../../../src/spot/compat/p-squared.ts'
import type { Detector } from '../../../src/spot/detector.ts'
import { draw, feed, tailOf, uniform } from '../streams.ts'

const SEED = 23

function compat(options: Partial<CompatOptions> = {}): Detector {
  return createCompatDetector({
    tails: ['upper'],
    q: 1e-3,
    level: 0.98,
    nInit: 1000,
    maxExcess: 200,
    depth: 0,
    discard: true,
    ...options,
  })
}

t.test('P-squared comes near the quantile, and needs five values', async (t) => {
  const next = uniform(SEED)
  const values = Float64Array.from({ length: 20_000 }, next)
  for (const p of [0.02, 0.5, 0.98]) {
    t.ok(Math.abs(pSquared(values, p) - p) < 0.01, `seed ${SEED}: ${p}`)
  }
  t.ok(Number.isNaN(pSquared(values.subarray(0, 4), 0.5)))
  t.equal(pSquared(Float64Array.of(3, 1, 5, 2, 4), 0.5), 3)
})

t.test('Brent’s method finds a root that the ends enclose, and only such a one', async (t) => {
  for (const [f, low, high, root] of [
    [(x: number) => x ** 3 - 2, 0, 2, Math.cbrt(2)],
    [(x: number) => Math.exp(x) - 1e-3, -20, 3, Math.log(1e-3)],
    [(x: number) => Math.cos(x), 3, 1, Math.PI / 2],
  ] as const) {
    const found = findRoot(f, low, high)
    t.ok(Math.abs(found - root) < 1e-6, `${found} for ${root}`)
  }
  t.ok(Number.isNaN(findRoot((x) => x ** 2 + 1, -1, 1)))
})

t.test('an anomaly teaches nothing, not even how many values there were', async (t) => {
  const [plain, flooded] = [compat(), compat()]
  for (const one of [plain, flooded]) feed(one, 3000, draw.gaussian(SEED))
  const before = tailOf(flooded, 'upper')
  for (let i = 0; i < 500; i++) {
    t.match(flooded.judge(50), { verdict: 'anomaly', tail: 'upper', opens: true })
  }
  t.match(tailOf(flooded, 'upper'), { threshold: before.threshold, excesses: before.excesses })
  t.same(flooded.judge(2.5), plain.judge(2.5))
  t.equal(tailOf(flooded, 'upper').threshold, tailOf(plain, 'upper').threshold)
})

t.test('without discarding nothing is an anomaly, and all is learned', async (t) => {
  const learner = compat({ discard: false })
  feed(learner, 3000, draw.gaussian(SEED))
  const { excesses, threshold } = tailOf(learner, 'upper')
  t.match(learner.judge(50), { verdict: 'excess', tail: 'upper', opens: false })
  t.equal(tailOf(learner, 'upper').excesses, excesses + 1)
  t.ok(tailOf(learner, 'upper').threshold > threshold)
})

t.test('a value at the excess threshold is an excess', async (t) => {
  const learner = compat({ tails: ['lower'] })
  feed(learner, 1000, draw.exponential(SEED))
  const { excessThreshold } = tailOf(learner, 'lower')
  t.match(learner.judge(excessThreshold), { verdict: 'excess', tail: 'lower' })
  t.equal(learner.judge(excessThreshold + 1e-9).verdict, 'normal')
})

t.test('a constant has its own value for a threshold after the first equal one', async (t) => {
  const learner = compat({ nInit: 500 })
  feed(learner, 500, () => 5)
  t.match(learner.judge(5), { verdict: 'excess', upper: Number.NaN })
  t.match(learner.judge(5.1), { verdict: 'anomaly', upper: 5 })
})

t.test('NaN is passed over, also among the first values', async (t) => {
  const [plain, riddled] = [compat({ depth: 20 }), compat({ depth: 20 })]
  const next = draw.lognormal(SEED)
  for (let i = 0; i < 3000; i++) {
    const value = next()
    t.equal(riddled.judge(Number.NaN).opens, false)
    t.same(riddled.judge(value), plain.judge(value))
  }
  t.same(riddled.status(), plain.status())
})

t.test('the moving window takes no flagged value, so a shift alarms for ever', async (t) => {
  const learner = compat({ tails: ['lower', 'upper'], depth: 50 })
  const next = draw.gaussian(SEED)
  feed(learner, 5000, next)
  const { upper } = learner.judge(next())
  let anomalies = 0
  for (let i = 0; i < 2000; i++) if (learner.judge(40 + next()).verdict === 'anomaly') anomalies++
  t.equal(anomalies, 2000)
  t.ok(Math.abs(learner.judge(0).upper - upper) < 1, 'in the values’ own units')
})

t.test('options out of range are refused by name', async (t) => {
  t.throws(() => compat({ q: 0.02 }), { name: 'RangeError', message: /^q is 0\.02/ })
  t.throws(() => compat({ level: 1 }), { message: /^level is 1/ })
  t.throws(() => compat({ nInit: 0 }), { message: /^nInit is 0/ })
  t.throws(() => compat({ maxExcess: 0 }), { message: /^maxExcess is 0/ })
  t.throws(() => compat({ depth: -1 }), { message: /^depth is -1/ })
  t.throws(() => compat({ tails: [] }), { message: /at least one tail/ })
})
