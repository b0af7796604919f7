// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { SpotOptions } from '../../src/spot/options.ts'
import { createDetector, type LastingDetector } from '../../src/spot/spot.ts'
import { draw } from './streams.ts'

const OPTIONS: SpotOptions = {
  tails: ['lower', 'upper'],
  q: 1e-3,
  level: 0.95,
  nInit: 200,
  maxExcess: 50,
  maxEvent: 1000,
  holdOff: 10,
}

const SEED = Date.now() % 1e6

function taught(count: number, more: Partial<SpotOptions> = {}): LastingDetector {
  const detector = createDetector({ ...OPTIONS, ...more })
  const next = draw.gaussian(SEED)
  for (let i = 0; i < count; i++) detector.judge(next())
  return detector
}

for (const [name, more] of Object.entries({ plain: {}, 'moving mean': { depth: 20 } })) {
  t.test(`another q is in force at once, with all that was learned: ${name}`, async (t) => {
    t.comment(`seed ${SEED}`)
    for (const count of [0, 150, 5000]) {
      const q = 1e-4
      const detector = taught(count, more)
      const anew = createDetector({ ...OPTIONS, ...more, q }, detector.save())
      const { values } = detector.status()
      detector.retarget(q)
      t.equal(detector.status().values, values)
      t.same(
        detector
          .status()
          .tails.map(({ threshold, falseAlarmRatio }) => [threshold, falseAlarmRatio]),
        anew.status().tails.map(({ threshold, falseAlarmRatio }) => [threshold, falseAlarmRatio]),
        `after ${count} values`,
      )
      const next = draw.gaussian(SEED + 1)
      for (let i = 0; i < 3000; i++) {
        const value = next()
        const [one, other] = [detector.judge(value), anew.judge(value)]
        if (one.verdict !== other.verdict) t.same(one, other, `value ${i}`)
      }
      t.same(detector.save(), anew.save())
    }
  })
}

t.test('the threshold moves outwards with a smaller q, and back', async (t) => {
  const detector = taught(5000)
  const threshold = (): number => detector.status().tails[1]?.threshold ?? Number.NaN
  const before = threshold()
  detector.retarget(1e-4)
  t.ok(threshold() > before, `${threshold()} > ${before}`)
  t.equal(detector.judge(0).upper, threshold(), 'and values are judged against it')
  detector.retarget(OPTIONS.q)
  t.ok(Math.abs(threshold() - before) < 0.05 * before, `${threshold()}, once ${before}`)
})

t.test('the same q changes nothing at all', async (t) => {
  const detector = taught(5000)
  const before = detector.save()
  detector.retarget(OPTIONS.q)
  t.same(detector.save(), before)
})

t.test('an open event ends at the threshold that it began at', async (t) => {
  const detector = taught(5000)
  const { upper } = detector.judge(100)
  detector.retarget(1e-4)
  t.equal(detector.judge(100).upper, upper)
  detector.judge(0)
  t.ok(detector.judge(0).upper > upper)
})

t.test('a q that leaves nothing to learn from is refused and changes nothing', async (t) => {
  const detector = taught(5000)
  const before = detector.save()
  t.throws(() => detector.retarget(0.05), RangeError)
  t.throws(() => detector.retarget(0), RangeError)
  t.same(detector.save(), before)
})
