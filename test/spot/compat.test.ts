// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findRoot } from '../../src/spot/compat/brent.ts'
import { type CompatOptions, createCompatDetector } from '../../src/spot/compat/compat.ts'
import { pSquared } from '../../src/spot/compat/p-squared.ts'
import type { Detector, Judgement } from '../../src/spot/detector.ts'
import { draw, feed, tailOf, uniform } from './streams.ts'

const SEED = 23

function compat(options: Partial<CompatOptions> = {}): Detector {
  return createCompatDetector({
    tails: ['upper'],
    q: 1e-3,
    level: 0.98,
    nInit: 1000,
    maxExcess: 200,
    depth: 0,
    discard: true,
    ...options,
  })
}

t.test('P-squared comes near the quantile, and needs five values', async (t) => {
  const next = uniform(SEED)
  const values = Float64Array.from({ length: 20_000 }, next)
  for (const p of [0.02, 0.5, 0.98]) {
    t.ok(Math.abs(pSquared(values, p) - p) < 0.01, `seed ${SEED}: ${p}`)
  }
  t.equal(pSquared(values.subarray(0, 4), 0.5), Number.NaN)
  t.equal(pSquared(Float64Array.of(3, 1, 5, 2, 4), 0.5), 3)
})

t.test('Brent’s method finds a root that the ends enclose, and only such a one', async (t) => {
  for (const [f, low, high, root] of [
    [(x: number) => x ** 3 - 2, 0, 2, Math.cbrt(2)],
    [(x: number) => Math.exp(x) - 1e-3, -20, 3, Math.log(1e-3)],
    [(x: number) => Math.cos(x), 3, 1, Math.PI / 2],
  ] as const) {
    const found = findRoot(f, low, high)
    t.ok(Math.abs(found - root) < 1e-6, `${found} for ${root}`)
  }
  t.equal(
    findRoot((x) => x ** 2 + 1, -1, 1),
    Number.NaN,
  )
})

t.test('an anomaly teaches nothing, not even how many values there were', async (t) => {
  const [plain, flooded] = [compat(), compat()]
  for (const one of [plain, flooded]) feed(one, 3000, draw.gaussian(SEED))
  const before = tailOf(flooded, 'upper')
  for (let i = 0; i < 500; i++) {
    t.match(flooded.judge(50), { verdict: 'anomaly', tail: 'upper', opens: true })
  }
  t.match(tailOf(flooded, 'upper'), { threshold: before.threshold, excesses: before.excesses })
  t.same(flooded.judge(2.5), plain.judge(2.5))
  t.equal(tailOf(flooded, 'upper').threshold, tailOf(plain, 'upper').threshold)
})

t.test('without discarding nothing is an anomaly, and all is learned', async (t) => {
  const learner = compat({ discard: false })
  feed(learner, 3000, draw.gaussian(SEED))
  const { excesses, threshold } = tailOf(learner, 'upper')
  t.match(learner.judge(50), { verdict: 'excess', tail: 'upper', opens: false })
  t.equal(tailOf(learner, 'upper').excesses, excesses + 1)
  t.ok(tailOf(learner, 'upper').threshold > threshold)
})

t.test('a value at the excess threshold is an excess', async (t) => {
  const learner = compat({ tails: ['lower'] })
  feed(learner, 1000, draw.exponential(SEED))
  const { excessThreshold } = tailOf(learner, 'lower')
  t.match(learner.judge(excessThreshold), { verdict: 'excess', tail: 'lower' })
  t.equal(learner.judge(excessThreshold + 1e-9).verdict, 'normal')
})

t.test('a constant has its own value for a threshold after the first equal one', async (t) => {
  const learner = compat({ nInit: 500 })
  feed(learner, 500, () => 5)
  t.match(learner.judge(5), { verdict: 'excess', upper: Number.NaN })
  t.match(learner.judge(5.1), { verdict: 'anomaly', upper: 5 })
})

t.test('NaN is passed over, also among the first values', async (t) => {
  const [plain, riddled] = [compat({ depth: 20 }), compat({ depth: 20 })]
  const next = draw.lognormal(SEED)
  for (let i = 0; i < 3000; i++) {
    const value = next()
    t.equal(riddled.judge(Number.NaN).opens, false)
    t.same(riddled.judge(value), plain.judge(value))
  }
  t.same(riddled.status(), plain.status())
})

t.test('the moving window takes no flagged value, so a shift alarms for ever', async (t) => {
  const learner = compat({ tails: ['lower', 'upper'], depth: 50 })
  const next = draw.gaussian(SEED)
  feed(learner, 5000, next)
  const { upper } = learner.judge(next())
  let anomalies = 0
  for (let i = 0; i < 2000; i++) if (learner.judge(40 + next()).verdict === 'anomaly') anomalies++
  t.equal(anomalies, 2000)
  t.ok(Math.abs(learner.judge(0).upper - upper) < 1, 'in the values’ own units')
})

t.test('options out of range are refused by name', async (t) => {
  t.throws(() => compat({ q: 0.02 }), { name: 'RangeError', message: /^q is 0\.02/ })
  t.throws(() => compat({ level: 1 }), { message: /^level is 1/ })
  t.throws(() => compat({ nInit: 0 }), { message: /^nInit is 0/ })
  t.throws(() => compat({ maxExcess: 0 }), { message: /^maxExcess is 0/ })
  t.throws(() => compat({ depth: -1 }), { message: /^depth is -1/ })
  t.throws(() => compat({ tails: [] }), { message: /at least one tail/ })
})

/** A number of the vectors: null is NaN, and so is what JSON cannot write. */
type Numeric = number | string | null

interface Params {
  readonly q: number
  readonly level: number
  readonly max_excess: number
  readonly n_init: number
}

interface Vector {
  readonly name: string
  readonly params: Params & { readonly discard_anomalies: boolean }
  readonly input: readonly Numeric[]
  readonly tails: Readonly<Record<'up' | 'low', Readonly<Record<string, Reference>>>>
}

interface Reference {
  readonly fit: { readonly excess_threshold: Numeric; readonly anomaly_threshold: Numeric }
  readonly status: string
  readonly checkpoints: readonly { readonly step: number; readonly anomaly_threshold: Numeric }[]
}

interface MovingVector {
  readonly name: string
  readonly params: Params & { readonly depth: number; readonly up: boolean; readonly down: boolean }
  readonly input: readonly Numeric[]
  readonly results: Readonly<Record<string, { status: string; checkpoints: readonly Moving[] }>>
}

interface Moving extends Readonly<Record<'mean' | 'z_up' | 'z_down', Numeric>> {
  readonly step: number
}

const WORDS: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}
const FOLDER = process.env['PKTSPOT_VECTORS'] ?? ''
const skip = existsSync(FOLDER) ? false : 'PKTSPOT_VECTORS names no folder of reference vectors'

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as T
}

function vectors<T>(prefix: string): T[] {
  const named = readdirSync(FOLDER).filter((file) => file.startsWith(prefix))
  return named.map((file) => read<T>(file))
}

function numeric(value: Numeric | undefined): number {
  return typeof value === 'number' ? value : (WORDS[value ?? ''] ?? Number.NaN)
}

/** How far off a number is, relative to `scale`. */
function deviation(found: number, wanted: number, scale = wanted): number {
  if (Object.is(found, wanted) || found === wanted) return 0
  return Math.abs((found - wanted) / scale)
}

function settings({ q, level, max_excess, n_init }: Params) {
  return { q, level, maxExcess: max_excess, nInit: n_init }
}

const CODES = { normal: '0', excess: '1', anomaly: '2', learning: '?', degenerate: '?' } as const

t.test('one tail decides as the reference did, value by value', { skip }, async (t) => {
  const tolerances = read<Record<string, { use: string }>>('tolerances.json')
  for (const vector of vectors<Vector>('spot_')) {
    const { params, tails } = vector
    const input = vector.input.map(numeric)
    for (const [side, tail] of [
      ['up', 'upper'],
      ['low', 'lower'],
    ] as const) {
      const { use = '' } = tolerances[`${vector.name}/${side}`] ?? {}
      const reference = tails[side]['libspot-2.0b4-e2fixed']
      if (use.startsWith('behaviour differs') || !reference) continue
      const options = { ...settings(params), tails: [tail], discard: params.discard_anomalies }
      const learner = compat(options)
      for (const value of input.slice(0, params.n_init)) learner.judge(value)
      const threshold = (): number => tailOf(learner, tail).threshold
      const { fit, status, checkpoints } = reference
      const deviations = [
        deviation(tailOf(learner, tail).excessThreshold, numeric(fit.excess_threshold)),
        deviation(threshold(), numeric(fit.anomaly_threshold)),
      ]
      const wanted = new Map(checkpoints.map((each) => [each.step, each.anomaly_threshold]))
      const found = input.slice(params.n_init).map((value, i) => {
        const { verdict } = learner.judge(value)
        const checkpoint = wanted.get(i + 1)
        if (checkpoint !== undefined) deviations.push(deviation(threshold(), numeric(checkpoint)))
        return Number.isNaN(value) ? 'e' : CODES[verdict]
      })
      t.equal(found.join(''), status, `${vector.name}/${side}: statuses`)
      if (!use.startsWith('strict')) continue
      const worst = Math.max(...deviations)
      t.ok(worst <= 1e-5, `${vector.name}/${side}: thresholds within ${worst}`)
    }
  }
})

t.test('with a moving window it decides as the reference did', { skip }, async (t) => {
  for (const { name, params, input, results } of vectors<MovingVector>('dspot_')) {
    const reference = results['ma-over-libspot-2.0b4-e2fixed']
    const upper = params.up ? (['upper'] as const) : []
    const lower = params.down ? (['lower'] as const) : []
    const { depth, n_init } = params
    const learner = compat({ ...settings(params), tails: [...upper, ...lower], depth })
    const wanted = new Map(reference?.checkpoints.map((each) => [each.step, each]))
    const deviations: number[] = []
    const code = ({ verdict, tail }: Judgement, i: number): string => {
      if (verdict === 'learning') return i < depth ? 'W' : i === depth + n_init - 1 ? 'C' : 'I'
      if (verdict === 'excess') return tail === 'upper' ? 'U' : 'D'
      if (verdict === 'anomaly') return tail === 'upper' ? 'A' : 'B'
      return '0'
    }
    const found = input.map(numeric).map((value, i) => {
      const judgement = learner.judge(value)
      const checkpoint = wanted.get(i + 1)
      for (const { tail, threshold } of checkpoint ? learner.status().tails : []) {
        const z = numeric(tail === 'upper' ? checkpoint?.z_up : checkpoint?.z_down)
        deviations.push(deviation(threshold, numeric(checkpoint?.mean) + z, z))
      }
      return Number.isNaN(value) ? 'E' : code(judgement, i)
    })
    t.equal(found.join(''), reference?.status, `${name}: statuses`)
    const worst = Math.max(...deviations)
    t.ok(worst <= 1e-5, `${name}: thresholds within ${worst}`)
  }
})
