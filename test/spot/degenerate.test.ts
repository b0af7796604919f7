// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { detector, feed, tailOf } from './streams.ts'

t.test('constant input is degenerate, and any change of it an event', async (t) => {
  for (const [change, tail] of [
    [5.01, 'upper'],
    [4.99, 'lower'],
  ] as const) {
    const learner = detector()
    feed(learner, 1000, () => 5)
    t.match(learner.judge(5), { verdict: 'degenerate', probability: Number.NaN, opens: false })
    t.equal(tailOf(learner, tail).state, 'degenerate')
    t.match(learner.judge(change), { verdict: 'anomaly', tail, opens: true })
    t.match(learner.judge(change), { verdict: 'anomaly', tail, opens: false }, 'still open')
    t.equal(learner.judge(5).verdict, 'degenerate')
    t.equal(tailOf(learner, tail).eventOpen, false)
  }
})

t.test('changes within a billionth are none', async (t) => {
  const learner = detector()
  for (let i = 0; i < 1000; i++) learner.judge(1e6 + (i % 2) * 1e-4)
  t.equal(learner.judge(1e6 + 5e-4).verdict, 'degenerate')
  t.equal(learner.judge(1e6 + 1e-2).verdict, 'anomaly')
})

t.test('a change no larger than the smallest step so far is no event any more', async (t) => {
  const learner = detector()
  feed(learner, 1000, () => 0.1)
  t.ok(learner.judge(0.3).opens)
  learner.judge(0.1)
  t.match(learner.judge(0.3), { verdict: 'excess', opens: false })
  learner.judge(0.1)
  t.ok(learner.judge(0.5).opens, 'a larger one is')
})

t.test('ten separate changes teach a distribution, one long one does not', async (t) => {
  const once = detector({ tails: ['upper'] })
  feed(once, 1000, () => 0)
  feed(once, 100, () => 7)
  feed(once, 100, () => 0)
  t.equal(tailOf(once, 'upper').state, 'degenerate')
  let i = 0
  const often = detector({ tails: ['upper'] })
  feed(often, 1000, () => 0)
  feed(often, 500, () => (++i % 50 === 0 ? 1 + i : 0))
  t.equal(tailOf(often, 'upper').state, 'calibrated')
})

t.test('a constant that changes for good is accepted after max_event values', async (t) => {
  const learner = detector({ maxEvent: 300 })
  feed(learner, 1000, () => 3)
  feed(learner, 300, () => 4)
  t.equal(learner.status().recalibrations, 1)
  feed(learner, 1000, () => 4)
  t.equal(learner.judge(4).verdict, 'degenerate')
  t.ok(learner.judge(3).opens)
})
