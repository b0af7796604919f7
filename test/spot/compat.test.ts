// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createCompatDetector } from '../../src/spot/compat/compat.ts'
import type { Judgement } from '../../src/spot/detector.ts'
import { tailOf } from './streams.ts'

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
  return { q, level, maxExcess: max_excess, nInit: n_init, depth: 0, discard: true }
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
      const learner = createCompatDetector({
        ...settings(params),
        tails: [tail],
        discard: params.discard_anomalies,
      })
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
    const tails = [...upper, ...lower]
    const learner = createCompatDetector({ ...settings(params), tails, depth })
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
