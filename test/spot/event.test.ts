// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Detector } from '../../src/spot/detector.ts'
import type { SpotOptions } from '../../src/spot/options.ts'
import { detector, draw, feed, tailOf } from './streams.ts'

function calibrated(options: Partial<SpotOptions> = {}, seed = 31): [Detector, () => number] {
  const next = draw.gaussian(seed)
  const learner = detector(options)
  feed(learner, 5000, next)
  return [learner, next]
}

t.test(
  'a level shift opens one event, which stays open until values fall below the old threshold',
  async (t) => {
    const [learner, next] = calibrated()
    const { threshold, events } = tailOf(learner, 'upper')
    const opened = Array.from({ length: 3000 }, () => learner.judge(20 + next()))
    t.equal(opened.filter(({ opens }) => opens).length, 1)
    t.ok(opened[0]?.opens)
    t.ok(opened.every(({ verdict, tail }) => verdict === 'anomaly' && tail === 'upper'))
    t.ok(
      opened.every(({ upper }) => upper === threshold),
      'judged against the threshold from before',
    )
    t.match(tailOf(learner, 'upper'), { eventOpen: true, events: events + 1, threshold })
    t.equal(learner.judge(threshold).upper, threshold)
    t.equal(tailOf(learner, 'upper').eventOpen, false)
  },
)

t.test(
  'a long flood does not become normal: the next one is found, and its end is no lower event',
  async (t) => {
    const [learner, next] = calibrated()
    const before = tailOf(learner, 'upper').threshold
    for (let i = 0; i < 3000; i++) learner.judge(20 + next())
    const lower = tailOf(learner, 'lower').events
    feed(learner, 2000, next)
    const after = tailOf(learner, 'upper').threshold
    t.ok(after > before * 0.8 && after < before * 1.4, `${before} before, ${after} after`)
    t.equal(tailOf(learner, 'lower').events, lower)
    t.match(learner.judge(10), { verdict: 'anomaly', opens: true })
  },
)

t.test('a lasting shift is accepted after max_event values and learned anew', async (t) => {
  const [learner, next] = calibrated({ maxEvent: 500, nInit: 1000 })
  for (let i = 0; i < 499; i++) learner.judge(20 + next())
  t.equal(learner.status().recalibrations, 0)
  t.equal(learner.judge(20 + next()).verdict, 'anomaly')
  t.equal(learner.status().recalibrations, 1)
  t.match(tailOf(learner, 'upper'), { state: 'learning', eventOpen: false, threshold: Number.NaN })
  feed(learner, 1000, () => 20 + next())
  t.equal(learner.judge(20).verdict, 'normal')
  t.equal(learner.judge(0).tail, 'lower', 'the old level is now the unusual one')
})

t.test('rare anomalies joined by the hold-off are no lasting shift', async (t) => {
  const [learner, next] = calibrated({ maxEvent: 500, holdOff: 100 })
  for (let i = 0; i < 3000; i++) learner.judge(i % 50 === 0 ? 20 : next())
  t.equal(learner.status().recalibrations, 0)
})

t.test(
  'without a hold-off every return opens an event, with one the episode is one event',
  async (t) => {
    for (const [holdOff, events] of [
      [0, 20],
      [9, 20],
      [10, 1],
    ] as const) {
      const [learner] = calibrated({ holdOff })
      const before = tailOf(learner, 'upper').events
      for (let i = 0; i < 200; i++) learner.judge(i % 10 === 0 ? 50 : 0)
      const { events: after, anomalies } = tailOf(learner, 'upper')
      t.equal(after - before, events, `hold-off ${holdOff}: 9 quiet values between`)
      t.ok(anomalies >= 20)
    }
  },
)

t.test('a drop is the lower tail’s event, and a tail that is off says nothing', async (t) => {
  const [both] = calibrated()
  t.match(both.judge(-20), { verdict: 'anomaly', tail: 'lower', opens: true })
  t.equal(tailOf(both, 'upper').eventOpen, false)
  const [upper] = calibrated({ tails: ['upper'] })
  t.match(upper.judge(-20), { verdict: 'normal', lower: Number.NaN, opens: false })
})

t.test('an anomaly is learned as the threshold it passed, however large it is', async (t) => {
  const [small] = calibrated()
  const [large] = calibrated()
  const { threshold } = tailOf(small, 'upper')
  small.judge(threshold + 0.001)
  large.judge(1e12)
  t.equal(tailOf(large, 'upper').threshold, tailOf(small, 'upper').threshold)
  small.judge(0)
  large.judge(0)
  t.same(large.status(), small.status())
  t.ok(tailOf(large, 'upper').threshold > threshold, 'it is learned, not discarded')
})
