// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t from 'tap'
import { report, SIZE, sample } from '../exporters/fixture.ts'
import { detector, draw, feed } from '../spot/streams.ts'
import { latestOf, type StatisticJson, serveLatest, statisticsAt } from './serving.ts'

const { PKTSPOT_SEED } = process.env
const seed = Number(PKTSPOT_SEED ?? randomInt(2 ** 31))
const PATH = '/api/v1/statistics/AVG_PKT_SIZE'

/** What is served of one detector that has learned from 3000 values. */
function learned() {
  const one = detector({ q: 1e-6 })
  feed(one, 2999, draw.gaussian(seed))
  const judgement = one.judge(0)
  const status = one.status()
  const latest = latestOf()
  latest.publish(report('eth0', { samples: [{ ...sample(SIZE, 0, judgement), status }] }))
  return { latest, status }
}

function numberOf(of: StatisticJson | undefined, tail: string, name: string): number {
  const value = of?.tails[tail]?.[name]
  if (typeof value !== 'number') throw new Error(`${tail} ${name} is ${value}`)
  return value
}

t.test('probabilities of values fall with their distance, in both tails', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  const { latest } = learned()
  await using serving = await serveLatest(latest)
  const values = Array.from({ length: 41 }, (_, i) => (i - 20) / 2)
  const upper: number[] = []
  const lower: number[] = []
  for (const value of values) {
    const [found] = await statisticsAt(serving, `${PATH}?value=${value}`)
    upper.push(numberOf(found, 'upper', 'probability_of_value'))
    lower.push(numberOf(found, 'lower', 'probability_of_value'))
  }
  t.same(
    upper,
    upper.toSorted((a, b) => b - a),
    `seed ${seed}: upper`,
  )
  t.same(
    lower,
    lower.toSorted((a, b) => a - b),
    `seed ${seed}: lower`,
  )
  for (const of of [upper.reverse(), lower]) {
    t.equal(of.at(-1), 1, 'inside the excess threshold nothing finer is known')
    t.ok((of[0] ?? 1) < 1e-4, `${of[0]}`)
    t.ok(new Set(of).size > 5)
  }
})

t.test('a quantile is a value by its other name', async (t) => {
  const { latest } = learned()
  await using serving = await serveLatest(latest)
  t.same(
    await statisticsAt(serving, `${PATH}?quantile=3.5`),
    await statisticsAt(serving, `${PATH}?value=3.5`),
  )
})

t.test('the value at a probability lies beyond the excess threshold of its tail', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  const { latest } = learned()
  await using serving = await serveLatest(latest)
  const [found] = await statisticsAt(serving, `${PATH}?probability=1e-3`)
  for (const [tail, sign] of [
    ['upper', 1],
    ['lower', -1],
  ] as const) {
    const value = numberOf(found, tail, 'value_at_probability')
    t.ok(sign * (value - numberOf(found, tail, 'excess_threshold')) > 0, `seed ${seed}: ${tail}`)
    const [back] = await statisticsAt(serving, `${PATH}?value=${value}`)
    const probability = numberOf(back, tail, 'probability_of_value')
    t.ok(Math.abs(probability / 1e-3 - 1) < 1e-6, `seed ${seed}: ${probability}`)
  }
  const [common] = await statisticsAt(serving, `${PATH}?probability=0.5`)
  t.equal(common?.tails['upper']?.['value_at_probability'], null)
})

t.test('shows what the detector counted and fitted', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  const { latest, status } = learned()
  await using serving = await serveLatest(latest)
  const [found] = await statisticsAt(serving, PATH)
  t.equal(found?.n, 3000)
  for (const tail of status.tails) {
    t.same(found?.tails[tail.tail], {
      state: 'calibrated',
      calibration_ratio: 1,
      excess_threshold: tail.excessThreshold,
      false_alarm_ratio: tail.falseAlarmRatio,
      anomalies: tail.anomalies,
      events: tail.events,
      excesses: tail.excesses,
      event_open: tail.eventOpen,
      last_alarm: null,
      next_threshold: tail.threshold,
      target_false_alarm_ratio: 1e-6,
      level: 0.98,
      excess_share: tail.fit?.share,
      stored_excesses: tail.stored,
      gamma: tail.fit?.gamma,
      sigma: tail.fit?.sigma,
    })
    t.ok(tail.falseAlarmRatio > 1e-5, 'q in force is what experience allows')
    t.ok(tail.excesses > 30 && tail.stored >= 10 && tail.stored <= 200)
    t.ok((tail.fit?.sigma ?? 0) > 0)
  }
})
