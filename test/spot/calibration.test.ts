// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { defaultLevel } from '../../src/spot/options.ts'
import { detector, draw, feed, tailOf, uniform } from './streams.ts'

t.test(
  'the default level leaves 30 of the first values as excesses, and is at most .98',
  async (t) => {
    t.equal(defaultLevel(120), 0.75)
    t.equal(defaultLevel(200), 0.85)
    t.equal(defaultLevel(1000), 0.97)
    t.equal(defaultLevel(1500), 0.98)
    t.equal(defaultLevel(10_000), 0.98)
  },
)

t.test('the first excess thresholds are exact quantiles of the first values', async (t) => {
  const next = uniform(3)
  const values = Array.from({ length: 1000 }, (_, i) => i + 1)
  values.sort(() => next() - 0.5)
  const learner = detector()
  for (const value of values) learner.judge(value)
  t.equal(tailOf(learner, 'upper').excessThreshold, 980)
  t.equal(tailOf(learner, 'upper').excesses, 20)
  t.equal(tailOf(learner, 'lower').excessThreshold, 21)
  t.equal(tailOf(learner, 'lower').excesses, 20)
})

t.test('nothing is judged until the first values are in', async (t) => {
  const next = draw.gaussian(5)
  const learner = detector({ nInit: 1000 })
  feed(learner, 998, next)
  const wild = learner.judge(1e9)
  t.match(wild, { verdict: 'learning', probability: Number.NaN, upper: Number.NaN, opens: false })
  t.match(tailOf(learner, 'upper'), { state: 'learning', threshold: Number.NaN })
  t.ok(tailOf(learner, 'upper').calibration < 1)
  learner.judge(0)
  t.equal(learner.judge(0).verdict, 'normal')
  t.match(tailOf(learner, 'upper'), { state: 'calibrated', calibration: 1, falseAlarmRatio: 1e-4 })
})

t.test('fewer than 10 excesses: still learning, and no alarm', async (t) => {
  const learner = detector({ tails: ['upper'] })
  for (let i = 0; i < 1000; i++) learner.judge(i % 200 === 7 ? 1 + i / 1000 : 0)
  for (let i = 0; i < 4; i++) {
    t.match(learner.judge(5 + i), { verdict: 'learning', opens: false }, `excess ${6 + i}`)
  }
  t.ok(tailOf(learner, 'upper').calibration < 1)
  learner.judge(4)
  t.equal(tailOf(learner, 'upper').state, 'calibrated', 'the tenth excess ends learning')
  t.match(learner.judge(1e6), { verdict: 'anomaly', tail: 'upper', opens: true })
})

t.test('an excess is strictly above its threshold', async (t) => {
  const learner = detector()
  feed(learner, 1200, draw.gaussian(8))
  const { excessThreshold, threshold, excesses } = tailOf(learner, 'upper')
  t.equal(learner.judge(excessThreshold).verdict, 'normal')
  t.match(tailOf(learner, 'upper'), { threshold, excesses }, 'a value at it is not stored')
  t.match(learner.judge(excessThreshold + 1e-6), { verdict: 'excess', tail: 'upper' })
})

t.test('NaN and infinite values are neither judged nor learned', async (t) => {
  const next = draw.gaussian(21)
  const [plain, riddled] = [detector(), detector()]
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < 3000; i++) {
    const value = next()
    const judgement = riddled.judge(odd[i % 3] ?? 0)
    t.notOk(['anomaly', 'excess'].includes(judgement.verdict) || judgement.opens)
    t.same(riddled.judge(value), plain.judge(value))
  }
  t.same(riddled.status(), plain.status())
})

t.test('probabilities fall outwards and meet q at the threshold', async (t) => {
  const learner = detector({ tails: ['upper'], q: 1e-3 })
  feed(learner, 20_000, draw.exponential(4))
  const { threshold, excessThreshold } = tailOf(learner, 'upper')
  const outwards = [0.3, 0.6, 1].map(
    (part) => excessThreshold + part * (threshold - excessThreshold),
  )
  const probabilities = outwards.map((value) => {
    const twin = detector({ tails: ['upper'], q: 1e-3 })
    feed(twin, 20_000, draw.exponential(4))
    return twin.judge(value).probability
  })
  const [near = 0, middle = 0, far = 0] = probabilities
  t.ok(near > middle && middle > far, `falling: ${probabilities}`)
  t.ok(Math.abs(far / 1e-3 - 1) < 0.05, `${far} at the threshold`)
  t.equal(learner.judge(0.1).probability, 1, 'a value in no tail is nothing rare')
})

t.test(
  'the probability in force never reaches further than ten times the values seen',
  async (t) => {
    const learner = detector({ q: 1e-9 })
    const next = draw.exponential(2)
    feed(learner, 1000, next)
    t.equal(tailOf(learner, 'upper').falseAlarmRatio, 1 / 10_000)
    const first = tailOf(learner, 'upper').threshold
    feed(learner, 99_000, next)
    const { falseAlarmRatio, threshold } = tailOf(learner, 'upper')
    t.ok(falseAlarmRatio >= 1e-6 && falseAlarmRatio < 1.01e-6, `${falseAlarmRatio}`)
    t.ok(threshold > first)
  },
)

t.test('options out of range are refused by name', async (t) => {
  t.throws(() => detector({ q: 0.02 }), { name: 'RangeError', message: /^q is 0\.02/ })
  t.throws(() => detector({ level: 1 }), { message: /^level is 1/ })
  t.throws(() => detector({ nInit: 1 }), { message: /^nInit is 1/ })
  t.throws(() => detector({ maxExcess: 9 }), { message: /^maxExcess is 9/ })
  t.throws(() => detector({ depth: 1.5 }), { message: /^depth is 1\.5/ })
  t.throws(() => detector({ tails: [] }), { message: /at least one tail/ })
})
