// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { defaultLevel } from '../../src/spot/options.ts'
import { detector, draw, feed, tailOf, uniform } from './streams.ts'

const SEEDS = [5, 6, 7]

t.test('a flood of half an hour is one open event from its first second to its last', async (t) => {
  for (const seed of SEEDS) {
    const options = { nInit: 1000, level: defaultLevel(1000), q: 1e-6, holdOff: 60 }
    const learner = detector({ tails: ['upper'], ...options })
    const [burst, chance] = [draw.lognormal(seed), uniform(seed)]
    feed(learner, 5000, () => Math.floor(200 * burst()))
    const { events } = tailOf(learner, 'upper')
    const flood = () => Math.floor(60_000 * (0.5 + chance()))
    for (let second = 0; second < 1800; second++) {
      const { opens } = learner.judge(flood())
      const { eventOpen } = tailOf(learner, 'upper')
      if (opens !== (second === 0) || !eventOpen) t.fail(`seed ${seed}, second ${second}`)
    }
    t.equal(tailOf(learner, 'upper').events, events + 1)
    learner.judge(200)
    t.equal(tailOf(learner, 'upper').eventOpen, false, 'it ends with the flood')
    feed(learner, 3000, () => Math.floor(200 * burst()))
    t.match(learner.judge(flood()), { verdict: 'anomaly', opens: true }, 'the next is noticed')
  }
})

t.test('after a leap of the level as far as the threshold it is calibrated again', async (t) => {
  for (const seed of SEEDS) {
    const next = draw.gaussian(seed)
    const learner = detector({ tails: ['upper'], holdOff: 60 })
    feed(learner, 5000, next)
    feed(learner, 2500, () => 4 + next())
    const { threshold, events } = tailOf(learner, 'upper')
    t.ok(threshold > 7 && threshold < 10, `seed ${seed}: ${threshold} over a level of 4`)
    t.ok(events <= 4, `${events} events`)
  }
})

t.test('zeros with rare counts are learned, and a burst of them is an event', async (t) => {
  for (const rare of [0, 0.002, 0.01, 0.05]) {
    for (const seed of SEEDS) {
      const next = uniform(seed)
      const learner = detector({ tails: ['upper'], level: 0.97, q: 1e-6, holdOff: 60 })
      feed(learner, 6000, () => (next() < rare ? 1 + Math.floor(3 * next()) : 0))
      const { events } = tailOf(learner, 'upper')
      t.ok(events <= 6, `seed ${seed}, share ${rare}: ${events} events of few`)
      t.match(learner.judge(400), { verdict: 'anomaly', opens: true }, `seed ${seed}, ${rare}`)
    }
  }
})

const FOLDER = process.env['PKTSPOT_VECTORS'] ?? ''
const skip = existsSync(FOLDER) ? false : 'PKTSPOT_VECTORS names no folder of reference vectors'

t.test(
  'the reference vectors with a shift raise few events, then are normal',
  { skip },
  async (t) => {
    for (const [name, level, depth] of [
      ['spot_level_shift_gauss', 12, 0],
      ['dspot_level_shift', 4, 0],
      ['dspot_level_shift', 4, 100],
    ] as const) {
      const { params, input } = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as {
        params: { q: number; level: number; n_init: number; max_excess: number }
        input: number[]
      }
      const { q, n_init: nInit, max_excess: maxExcess } = params
      const learner = detector({ q, level: params.level, nInit, maxExcess, depth, holdOff: 60 })
      for (const value of input) learner.judge(value)
      for (const { tail, events, threshold, eventOpen } of learner.status().tails) {
        t.ok(events <= 3, `${name} ${tail}: ${events} events`)
        t.notOk(eventOpen)
        const distance = Math.abs(threshold - level)
        t.ok(distance > 2.5 && distance < 7, `${name} ${tail}: ${distance} from the level`)
      }
    }
  },
)

t.test('a shift beyond the threshold is open until it is accepted', { skip }, async (t) => {
  const { input } = JSON.parse(readFileSync(join(FOLDER, 'dspot_level_shift.json'), 'utf8')) as {
    input: number[]
  }
  const learner = detector({ maxEvent: 1200, holdOff: 60 })
  let judged = 0
  for (const value of input) {
    /* the same noise, the step three times as high */
    const { opens, verdict } = learner.judge(judged < 3500 ? value : value + 8)
    const { eventOpen } = tailOf(learner, 'upper')
    if (judged === 3500) t.ok(opens)
    const age = judged - 3500 + 1
    if (age > 1 && age < 1200 && !(verdict === 'anomaly' && eventOpen && !opens)) t.fail(`${age}`)
    if (age === 1200) t.equal(learner.status().recalibrations, 1)
    judged++
  }
  t.equal(learner.judge(12).verdict, 'normal')
  t.equal(tailOf(learner, 'upper').state, 'calibrated')
  t.equal(learner.judge(25).verdict, 'anomaly')
})
