// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { detector, draw, tailOf, uniform } from './streams.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]
const VALUES = 20_000
const Q = 1e-4

t.test('a slow drift does not alarm for ever', async (t) => {
  for (const slope of [0, 5e-4, 2e-3]) {
    for (const tail of ['upper', 'lower'] as const) {
      const sign = tail === 'upper' ? 1 : -1
      let alarms = 0
      for (const seed of SEEDS) {
        const next = draw.exponential(seed)
        const learner = detector({ q: Q, tails: [tail] })
        for (let i = 0; i < VALUES; i++) {
          if (learner.judge(sign * (next() + slope * i)).verdict === 'anomaly') alarms++
        }
        t.equal(learner.status().recalibrations, 0)
      }
      const rate = alarms / (SEEDS.length * VALUES * Q)
      t.ok(rate < 4, `${tail}, slope ${slope}, seeds ${SEEDS}: alarm rate / q = ${rate}`)
    }
  }
})

t.test('a slow linear drift raises at most 1 + 3 q alarms a value', async (t) => {
  for (const shape of ['gaussian', 'exponential'] as const) {
    for (const slope of [5e-4, 1e-3]) {
      const q = 1e-3
      const most = Math.max(
        ...SEEDS.map((seed) => {
          const next = draw[shape](seed)
          const learner = detector({ q, tails: ['upper'] })
          for (let i = 0; i < VALUES; i++) learner.judge(next() + slope * i)
          return tailOf(learner, 'upper').anomalies
        }),
      )
      t.ok(most <= 1 + 3 * q * VALUES, `${shape}, slope ${slope}: at most ${most}`)
    }
  }
})

t.test('the share of excesses returns to 1 - level after the input has moved', async (t) => {
  const next = draw.gaussian(9)
  const learner = detector({ tails: ['upper'] })
  for (let i = 0; i < 20_000; i++) learner.judge(next() - i * 1e-3)
  const before = tailOf(learner, 'upper').excesses
  for (let i = 0; i < 20_000; i++) learner.judge(next() - 20)
  const share = (tailOf(learner, 'upper').excesses - before) / 20_000
  t.ok(share > 0.01 && share < 0.04, `share ${share}`)
})

t.test('a stream of few distinct values keeps its threshold on one of them', async (t) => {
  const next = uniform(12)
  const learner = detector({ tails: ['upper'] })
  const values = [0, 0, 0, 1, 1, 2]
  for (let i = 0; i < 50_000; i++) {
    const rare = next() < 0.005 ? 3 + Math.floor(4 * next()) : 0
    learner.judge(Math.max(rare, values[Math.floor(6 * next())] ?? 0))
  }
  t.equal(tailOf(learner, 'upper').excessThreshold, 2)
})
