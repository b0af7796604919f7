// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { detector, draw, feed, tailOf, uniform } from './streams.ts'

const SEED = 5

t.test('a threshold never lies beyond where values end', async (t) => {
  const share = (next: () => number) => () => Math.min(0.5, 0.05 * next())
  const options = { tails: ['upper'], nInit: 200, level: 0.85, q: 1e-6 } as const
  const [free, ended] = [detector(options), detector({ ...options, highest: 1 })]
  for (const one of [free, ended]) feed(one, 300, share(draw.pareto3(SEED)))
  t.ok(tailOf(free, 'upper').threshold > 1, `seed ${SEED}`)
  const { threshold } = tailOf(ended, 'upper')
  t.ok(threshold < 1 && threshold > 0.3, `${threshold}`)
  t.match(ended.judge(0.99), { verdict: 'anomaly', tail: 'upper' })
})

t.test('the lower tail ends likewise, so that silence is noticed', async (t) => {
  const options = { tails: ['lower'], q: 1e-6 } as const
  const [free, ended] = [detector(options), detector({ ...options, lowest: 0 })]
  for (const one of [free, ended]) {
    const next = draw.gaussian(SEED)
    feed(one, 1500, () => Math.max(1, 40 + 12 * next()))
  }
  t.equal(free.judge(0).verdict, 'excess', 'less is thought possible')
  t.equal(ended.judge(0).verdict, 'anomaly')
})

t.test('values that are often at their end raise nothing there', async (t) => {
  const next = uniform(SEED)
  const learner = detector({ tails: ['upper'], highest: 1, q: 1e-6 })
  feed(learner, 20_000, () => (next() < 0.003 ? 1 : 0.9 * next()))
  t.ok(tailOf(learner, 'upper').anomalies <= 1)
})
