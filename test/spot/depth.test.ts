// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { SpotOptions } from '../../src/spot/options.ts'
import { detector, draw, feed, tailOf } from './streams.ts'

const SEED = 41
const DEPTH = 100

function calibrated(options: Partial<SpotOptions> = {}) {
  const next = draw.gaussian(SEED)
  const learner = detector({ depth: DEPTH, ...options })
  feed(learner, 5000, next)
  return { learner, next }
}

t.test('thresholds are in the values’ own units and move with their mean', async (t) => {
  const learner = detector({ depth: DEPTH, tails: ['upper'] })
  const next = draw.gaussian(SEED)
  let i = 0
  feed(learner, 20_000, () => 0.01 * i++ + next())
  const { anomalies } = tailOf(learner, 'upper')
  t.ok(anomalies <= 1 + 3 * 1e-4 * 20_000, `${anomalies} anomalies on a drift`)
  const { upper } = learner.judge(200)
  t.ok(upper > 202 && upper < 207, `seed ${SEED}: ${upper}`)
  t.ok(Math.abs(tailOf(learner, 'upper').threshold - upper) < 0.1)
  t.match(learner.judge(upper + 1), { verdict: 'anomaly', tail: 'upper', opens: true })
})

t.test('calibration includes the values that fill the window', async (t) => {
  const { learner } = { learner: detector({ depth: DEPTH }) }
  const next = draw.gaussian(SEED)
  feed(learner, DEPTH / 2, next)
  const half = tailOf(learner, 'upper').calibration
  t.ok(half > 0 && half < DEPTH / 1000)
  feed(learner, DEPTH / 2 + 999, next)
  t.match(tailOf(learner, 'upper'), { state: 'learning', threshold: Number.NaN })
  t.equal(learner.judge(next()).verdict, 'learning')
  t.equal(learner.judge(next()).verdict, 'normal')
  t.equal(tailOf(learner, 'upper').calibration, 1)
  t.equal(learner.status().values, DEPTH + 1001)
})

t.test('an event keeps the threshold from before it, and what follows is not low', async (t) => {
  const { learner, next } = calibrated()
  const { lower } = learner.judge(next())
  const flood = Array.from({ length: 1800 }, () => learner.judge(20 + next()))
  t.equal(flood.filter(({ opens }) => opens).length, 1)
  t.ok(flood.every(({ upper, tail }) => upper === flood[0]?.upper && tail === 'upper'))
  const { events } = tailOf(learner, 'lower')
  const after = learner.judge(next())
  t.ok(Math.abs(after.lower - lower) < 1, `${lower} before, ${after.lower} after`)
  feed(learner, 1000, next)
  t.equal(tailOf(learner, 'lower').events, events)
})

t.test('a lasting shift is accepted, the window included', async (t) => {
  const { learner, next } = calibrated({ maxEvent: 500 })
  feed(learner, 500, () => 20 + next())
  t.equal(learner.status().recalibrations, 1)
  feed(learner, DEPTH + 999, () => 20 + next())
  t.equal(learner.judge(20 + next()).verdict, 'learning', 'it fills anew')
  t.match(learner.judge(20), { verdict: 'normal' })
  t.match(learner.judge(0), { verdict: 'anomaly', tail: 'lower' })
})

t.test('a constant is degenerate, whatever its digits', async (t) => {
  const learner = detector({ depth: 30 })
  feed(learner, 3000, () => 0.1)
  t.equal(learner.judge(0.1).verdict, 'degenerate')
  t.equal(tailOf(learner, 'upper').events, 0)
  t.match(learner.judge(0.2), { verdict: 'anomaly', opens: true })
})

t.test('NaN changes nothing', async (t) => {
  const [plain, riddled] = [detector({ depth: 50 }), detector({ depth: 50 })]
  const next = draw.lognormal(SEED)
  for (let i = 0; i < 3000; i++) {
    const value = next()
    t.equal(riddled.judge(Number.NaN).opens, false)
    t.same(riddled.judge(value), plain.judge(value))
  }
  t.same(riddled.status(), plain.status())
})
