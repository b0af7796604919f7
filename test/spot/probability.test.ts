// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t from 'tap'
import { createCompatDetector } from '../../src/spot/compat/compat.ts'
import type { Detector, TailStatus } from '../../src/spot/detector.ts'
import { probabilityOf, valueAt } from '../../src/spot/probability.ts'
import { detector, draw, feed, tailOf, uniform } from './streams.ts'

const { PKTSPOT_SEED } = process.env
const seed = Number(PKTSPOT_SEED ?? randomInt(2 ** 31))

const compat = (): Detector =>
  createCompatDetector({
    tails: ['lower', 'upper'],
    q: 1e-4,
    level: 0.98,
    nInit: 1000,
    maxExcess: 200,
    depth: 0,
    discard: true,
  })

const KINDS: Readonly<Record<string, () => Detector>> = {
  'by default': () => detector(),
  'with a moving mean': () => detector({ depth: 50 }),
  'within bounds': () => detector({ lowest: -8, highest: 50 }),
  'as the reference': compat,
}

/** Both tails of detectors of every kind that learned from every distribution. */
function learned(): [name: string, tail: TailStatus][] {
  return Object.entries(KINDS).flatMap(([kind, make]) =>
    Object.entries(draw).flatMap(([name, from]) => {
      const one = make()
      feed(one, 3000, from(seed))
      return one
        .status()
        .tails.map((tail): [string, TailStatus] => [`${name} ${kind}, ${tail.tail}`, tail])
    }),
  )
}

t.test('the probability never grows on the way out, in either tail', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  const next = uniform(seed)
  for (const [name, tail] of learned()) {
    const outwards = tail.tail === 'upper' ? 1 : -1
    const reach = 3 * Math.abs(tail.threshold - tail.excessThreshold) || 1
    const offsets = Array.from({ length: 300 }, () => (next() - 0.2) * reach).sort((a, b) => a - b)
    const values = [...offsets, 1e300].map((offset) => tail.excessThreshold + outwards * offset)
    const found = values.map((value) => probabilityOf(tail, value))
    t.ok(
      found.every((each, i) => each >= 0 && each <= (found[i - 1] ?? 1)),
      `${name}: seed ${seed}`,
    )
    t.equal(found[0], 1, `${name}: 1 inside t`)
    t.ok((found.at(-1) ?? 1) < 1e-4, `${name}: next to nothing far out`)
  }
})

t.test('the value at a probability has it, and at q it is the threshold', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  for (const [name, tail] of learned()) {
    t.ok(tail.stored >= 10 && tail.stored <= 200, `${name}: ${tail.stored} excesses stored`)
    t.match(tail, { level: 0.98, targetRatio: 1e-4 }, name)
    const share = tail.fit?.share ?? 0
    for (const part of [0.9, 0.1, 1e-3]) {
      const back = probabilityOf(tail, valueAt(tail, share * part))
      t.ok(Math.abs(back / (share * part) - 1) < 1e-6, `${name}: seed ${seed}: ${part}: ${back}`)
    }
    t.ok(Number.isNaN(valueAt(tail, share * 1.01)), `${name}: nothing is known inside t`)
  }
  const one = detector()
  feed(one, 3000, draw.exponential(seed))
  const tail = tailOf(one, 'upper')
  if (!tail.eventOpen) {
    const at = valueAt(tail, tail.falseAlarmRatio)
    t.ok(Math.abs(at / tail.threshold - 1) < 0.05, `seed ${seed}: ${at}, ${tail.threshold}`)
  }
})

t.test('it is what a judgement says of the same value', async (t) => {
  t.comment(`PKTSPOT_SEED=${seed}`)
  for (const [kind, make] of Object.entries(KINDS)) {
    const one = make()
    const next = draw.gaussian(seed)
    let compared = 0
    for (let i = 0; i < 4000; i++) {
      const before = one.status()
      const value = next()
      const { tail, probability } = one.judge(value)
      const status = before.tails.find((each) => each.tail === tail)
      if (!status || Number.isNaN(probability)) continue
      const found = probabilityOf(status, value)
      if (Math.abs(found - probability) > 1e-9 * probability) t.fail(`${kind}: ${found}`)
      compared++
    }
    t.ok(compared > 20, `${kind}: seed ${seed}: ${compared} excesses`)
  }
})

t.test('before calibration, and of constant input, nothing is known', async (t) => {
  const one = detector()
  for (const tail of one.status().tails) {
    t.ok(Number.isNaN(probabilityOf(tail, 5)) && Number.isNaN(valueAt(tail, 1e-3)))
    t.equal(tail.fit, undefined)
  }
  feed(one, 1000, () => 7)
  t.equal(tailOf(one, 'upper').state, 'degenerate')
  t.ok(Number.isNaN(probabilityOf(tailOf(one, 'upper'), 8)))
})
