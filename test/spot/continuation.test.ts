// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { DetectorStatus, Judgement } from '../../src/spot/detector.ts'
import type { SpotOptions } from '../../src/spot/options.ts'
import { createDetector } from '../../src/spot/spot.ts'
import { draw, uniform } from './streams.ts'

const OPTIONS: SpotOptions = {
  tails: ['lower', 'upper'],
  q: 1e-3,
  level: 0.95,
  nInit: 200,
  maxExcess: 50,
  maxEvent: 150,
  holdOff: 10,
}

/* Streams that bring a detector into each of its states; the last argument is the number of the value. */
const STREAMS: Record<string, (seed: number) => (at: number) => number> = {
  gaussian: draw.gaussian,
  'heavy tail': draw.pareto3,
  drift(seed) {
    const next = draw.gaussian(seed)
    return (at) => next() + at / 100
  },
  'floods and lasting shifts'(seed) {
    const next = draw.lognormal(seed)
    return (at) => next() + (at % 700 > 620 ? 50 : 0) + (at > 1500 ? 200 : 0)
  },
  constant: () => (at) => 0.1 + (at % 311 === 310 ? 0.1 : 0),
  'rare counts'(seed) {
    const next = uniform(seed)
    return () => (next() > 0.98 ? Math.ceil(next() * 3) : 0)
  },
  'few values'(seed) {
    const next = uniform(seed)
    return () => Math.floor(next() * 3)
  },
  'no answers'(seed) {
    const next = draw.exponential(seed)
    return (at) => (at % 7 === 0 ? Number.NaN : next())
  },
}

const KINDS: Record<string, Partial<SpotOptions>> = {
  'both tails': {},
  'upper tail': { tails: ['upper'], holdOff: 0 },
  'moving mean': { depth: 30 },
  bounded: { lowest: 0, highest: 60 },
  'first values only': { nInit: 2500 },
}

const LENGTH = 2400

/* Totals begin at 0 again; everything else goes on. */
function totals({ recalibrations, tails }: DetectorStatus): number[] {
  return [recalibrations, ...tails.flatMap((tail) => [tail.anomalies, tail.events, tail.excesses])]
}

function standing(status: DetectorStatus): DetectorStatus {
  const none = { anomalies: 0, events: 0, excesses: 0 }
  return { ...status, recalibrations: 0, tails: status.tails.map((one) => ({ ...one, ...none })) }
}

function sameJudgement(a: Judgement, b: Judgement): boolean {
  const of = (one: Judgement) => [
    one.verdict,
    one.tail,
    one.probability,
    one.lower,
    one.upper,
    one.opens,
  ]
  const others = of(b)
  return of(a).every((field, index) => Object.is(field, others[index]))
}

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? Date.now() % 1_000_000)
t.comment(`seed ${SEED} (PKTSPOT_TEST_SEED)`)

for (const [stream, make] of Object.entries(STREAMS)) {
  for (const [kind, more] of Object.entries(KINDS)) {
    t.test(`continues exactly: ${stream}, ${kind}`, async (t) => {
      const options = { ...OPTIONS, ...more }
      const next = make(SEED)
      const values = Array.from({ length: LENGTH }, (_, at) => next(at))
      const random = uniform(SEED + 1)
      const splits = Array.from({ length: 8 }, () => Math.floor(random() * LENGTH)).sort(
        (a, b) => a - b,
      )
      const whole = createDetector(options)
      let parts = createDetector(options)
      const before = totals(parts.status()).fill(0)
      for (const [at, value] of values.entries()) {
        for (const split of splits.filter((each) => each === at)) {
          totals(parts.status()).forEach((total, index) => {
            before[index] = (before[index] ?? 0) + total
          })
          const saved = parts.save()
          t.same(saved, whole.save(), `saved at ${split}`)
          parts = createDetector(options, saved)
          t.same(standing(parts.status()), standing(whole.status()), `standing at ${split}`)
        }
        const [one, other] = [whole.judge(value), parts.judge(value)]
        if (!sameJudgement(one, other)) {
          t.same(other, one, `value ${at}, after splits at ${splits}`)
          return
        }
      }
      t.same(standing(parts.status()), standing(whole.status()))
      t.same(
        totals(parts.status()).map((total, index) => total + (before[index] ?? 0)),
        totals(whole.status()),
        'totals add up',
      )
    })
  }
}

t.test('continues exactly when it is stopped after every value', async (t) => {
  for (const [stream, make] of Object.entries(STREAMS)) {
    for (const [kind, more] of Object.entries(KINDS)) {
      const options = { ...OPTIONS, ...more, nInit: 100 }
      const next = make(SEED)
      const whole = createDetector(options)
      let parts = createDetector(options)
      let wrong = -1
      for (let at = 0; at < 1000 && wrong < 0; at++) {
        const value = next(at)
        if (!sameJudgement(whole.judge(value), parts.judge(value))) wrong = at
        parts = createDetector(options, parts.save())
      }
      t.equal(wrong, -1, `${stream}, ${kind}: no value is judged otherwise`)
    }
  }
})

t.test('the streams reach every state', async (t) => {
  const judged = Object.entries(STREAMS).flatMap(([, make]) => {
    const next = make(SEED)
    const one = createDetector(OPTIONS)
    const all = Array.from({ length: LENGTH }, (_, at) => one.judge(next(at)))
    return [...all.map(({ verdict }) => verdict), one.status().recalibrations > 0 && 'recalibrated']
  })
  const states = ['learning', 'degenerate', 'normal', 'excess', 'anomaly', 'recalibrated'] as const
  for (const state of states) t.ok(judged.includes(state), state)
})

t.test(
  'what was saved with other options is refused, or not taken for what it is not',
  async (t) => {
    const one = createDetector(OPTIONS)
    const next = draw.gaussian(SEED)
    for (let i = 0; i < 1000; i++) one.judge(next())
    const saved = one.save()
    const others: Partial<SpotOptions>[] = [
      { nInit: 100 },
      { tails: ['upper'] },
      { depth: 10 },
      { maxExcess: 20 },
    ]
    for (const other of others) {
      t.throws(() => createDetector({ ...OPTIONS, ...other }, saved), RangeError)
    }
    for (const length of [0, 1, saved.length - 1]) {
      t.throws(() => createDetector(OPTIONS, saved.subarray(0, length)), RangeError)
    }
    t.throws(() => createDetector(OPTIONS, Float64Array.from([...saved, 0])), RangeError)
  },
)

t.test('another q is fitted for at once, unless an event is open', async (t) => {
  const one = createDetector({ ...OPTIONS, nInit: 1000 })
  const next = draw.exponential(SEED)
  for (let i = 0; i < 20_000; i++) one.judge(next())
  const upper = (detector: typeof one): number => detector.status().tails[1]?.threshold ?? 0
  const options = { ...OPTIONS, nInit: 1000, q: 1e-5 }
  one.judge(0.5)
  const strict = createDetector(options, one.save())
  t.ok(upper(strict) > upper(one) * 1.3, `${upper(strict)} is beyond ${upper(one)}`)
  t.equal(strict.status().tails[1]?.falseAlarmRatio, 1e-5)
  one.judge(1000)
  const during = createDetector(options, one.save())
  t.equal(upper(during), upper(one), 'an event ends at the threshold that it began at')
})
