// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { TailName } from '../../src/spot/detector.ts'
import { detector, draw } from './streams.ts'

const SEEDS = [11, 12, 13]
const LENGTHS = [
  { q: 1e-3, values: 100_000 },
  { q: 1e-4, values: 600_000 },
]

function alarmsOverExpected(
  name: keyof typeof draw,
  tail: TailName,
  { q, values }: { q: number; values: number },
): number {
  let alarms = 0
  for (const seed of SEEDS) {
    const judge = detector({ tails: [tail], q })
    const next = draw[name](seed)
    const sign = tail === 'upper' ? 1 : -1
    for (let i = 0; i < values; i++) {
      if (judge.judge(sign * next()).verdict === 'anomaly') alarms++
    }
  }
  return alarms / (SEEDS.length * values * q)
}

for (const name of ['gaussian', 'exponential', 'pareto3', 'lognormal'] as const) {
  for (const length of LENGTHS) {
    t.test(`${name}: the alarm rate stays near q = ${length.q}, in the long run`, async (t) => {
      const rate = alarmsOverExpected(name, 'upper', length)
      t.comment(`seeds ${SEEDS.join(', ')}: alarm rate / q = ${rate.toFixed(2)}`)
      t.ok(rate >= 0.5 && rate <= 2.5, `alarm rate / q = ${rate} is within 0.5 and 2.5`)
    })
  }
}

t.test(
  'the lower tail of mirrored values alarms as the upper tail of the values does',
  async (t) => {
    const length = { q: 1e-3, values: 50_000 }
    t.equal(
      alarmsOverExpected('pareto3', 'lower', length),
      alarmsOverExpected('pareto3', 'upper', length),
    )
  },
)
