// SPDX-License-Identifier: Apache-2.0
/* What a detector costs, and how often it raises a false alarm: in the long run, beside the same
   detector that throws flagged values away, and freshly calibrated. */
import { columns } from '../../src/commands/columns.ts'
import type { Detector } from '../../src/spot/detector.ts'
import { defaultLevel, type SpotOptions } from '../../src/spot/options.ts'
import { createDetector } from '../../src/spot/spot.ts'
import { Tail } from '../../src/spot/tail.ts'
import { draw, uniform } from '../spot/streams.ts'
import { heldBytes } from '../support/held.ts'
import { spread } from './support/spread.ts'

const ROUNDS = 9
const SEEDS = [1, 2, 3]
const LONG = 1_000_000
const FRESH = 300
const FRESH_VALUES = 20_000
/** What one false alarm a day leaves to each of some thirty tails at one window a second. */
const SMALL_Q = 4e-7

const SHAPES = { ...draw, uniform }

const OPTIONS: SpotOptions = {
  tails: ['upper'],
  q: 1e-4,
  level: 0.98,
  nInit: 1000,
  maxExcess: 200,
  maxEvent: 3600,
  holdOff: 60,
}

function medianOf(measure: () => number): number {
  return spread(Array.from({ length: ROUNDS }, measure)).median
}

/** Nanoseconds that `work` takes, divided by `count`. */
function nanoseconds(count: number, work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / count
}

function calibrated(seed: number, values: number): Detector {
  const detector = createDetector(OPTIONS)
  const next = draw.gaussian(seed)
  for (let i = 0; i < values; i++) detector.judge(next())
  return detector
}

/** A stream in runs: values in no tail, then those that are, so that their share stays natural. */
function runs(one: Detector, next: () => number): { calm: Float64Array; wild: Float64Array }[] {
  const threshold = one.status().tails[0]?.excessThreshold ?? Number.NaN
  return Array.from({ length: 256 }, () => {
    const values = Float64Array.from({ length: 1024 }, next)
    return {
      calm: values.filter((value) => value <= threshold),
      wild: values.filter((value) => value > threshold),
    }
  })
}

function stepNanoseconds(): number {
  const one = calibrated(2, 100_000)
  const all = runs(one, draw.gaussian(1))
  const round = (take: (value: number) => void): number => {
    let [sum, count] = [0, 0]
    for (const { calm, wild } of all) {
      sum += calm.length * nanoseconds(calm.length, () => calm.forEach(take))
      count += calm.length
      for (const value of wild) one.judge(value)
    }
    return sum / count
  }
  const sink = new Float64Array(1)
  const harness = (): number =>
    round((value) => {
      sink[0] = value
    })
  const judging = (): number => round((value) => one.judge(value))
  for (let i = 0; i < 5; i++) judging()
  const step = medianOf(judging)
  for (let i = 0; i < 5; i++) harness()
  return step - medianOf(harness)
}

function excessMicroseconds(): number {
  const one = calibrated(3, 100_000)
  const next = draw.gaussian(4)
  const clock = medianOf(() => nanoseconds(1000, () => ticks(1000)))
  const round = (): number => {
    let [sum, count] = [0, 0]
    while (count < 500) {
      const value = next()
      const start = process.hrtime.bigint()
      const { verdict } = one.judge(value)
      const took = Number(process.hrtime.bigint() - start)
      if (verdict !== 'excess') continue
      sum += took - clock
      count++
    }
    return sum / count / 1000
  }
  return medianOf(round)
}

function costs(): string[][] {
  const step = stepNanoseconds()
  const excess = excessMicroseconds()
  const count = 10_000
  const { made: tails, bytes } = heldBytes(() =>
    Array.from({ length: count }, (_, seed) => calibrated(seed, 1100)),
  )
  const next = draw.gaussian(5)
  const second = medianOf(() => {
    const values = Float64Array.from(tails, next)
    return nanoseconds(1e9, () => {
      for (const [i, tail] of tails.entries()) tail.judge(values[i] ?? 0)
    })
  })
  return [
    ['a normal step, less the harness', `${step.toFixed(1)} ns`, '15 ns'],
    ['an excess, 200 stored', `${excess.toFixed(2)} us`, '30 us'],
    ['memory of a calibrated tail', `${(bytes / count / 1024).toFixed(2)} KiB`, '4 KiB'],
    ['10,000 tails, a step a second', `${(100 * second).toFixed(2)} % of a core`, '2 %'],
  ]
}

function ticks(count: number): void {
  for (let i = 0; i < count; i++) process.hrtime.bigint()
}

/** Anomalies among so many values. */
function alarms(options: SpotOptions, next: () => number, values: number): number {
  const detector = createDetector(options)
  let count = 0
  for (let i = 0; i < values; i++) if (detector.judge(next()).verdict === 'anomaly') count++
  return count
}

/** The same of a tail that learns nothing from what it flags, as SPOT was published. */
function alarmsDiscarding(options: SpotOptions, next: () => number, values: number): number {
  const tail = new Tail('upper', options)
  const first = Float64Array.from({ length: options.nInit }, next)
  tail.calibrate(first, first.slice().sort(), 0)
  let count = 0
  for (let i = options.nInit; i < values; i++) {
    const value = next()
    if (value > tail.threshold) count++
    else tail.learn(value)
  }
  return count
}

function longRun(): string[][] {
  return Object.entries(SHAPES).map(([name, make]) => {
    const cells = [1e-3, 1e-4].flatMap((q) => {
      const options = { ...OPTIONS, q }
      return [alarms, alarmsDiscarding].map((count) => {
        const total = SEEDS.reduce((sum, seed) => sum + count(options, make(seed), LONG), 0)
        return (total / (SEEDS.length * LONG * q)).toFixed(2)
      })
    })
    return [name, ...cells]
  })
}

function fresh(): string[][] {
  return Object.entries(SHAPES).map(([name, make]) => {
    const cells = [1000, 200, 120].map((nInit) => {
      const options = { ...OPTIONS, q: SMALL_Q, nInit, level: defaultLevel(nInit) }
      let [total, expected] = [0, 0]
      for (let seed = 1; seed <= FRESH; seed++) {
        total += alarms(options, make(1000 + seed), FRESH_VALUES)
        for (let n = nInit; n < FRESH_VALUES; n++) expected += Math.max(SMALL_Q, 0.1 / n)
      }
      return (total / expected).toFixed(2)
    })
    return [name, ...cells]
  })
}

console.log(`Cost, medians of ${ROUNDS} rounds\n`)
console.log(columns(['', 'measured', 'at most'], costs()))
console.log(
  `Alarm rate / q over ${SEEDS.length} x ${LONG.toLocaleString('en')} values, level .98, 200 excesses: winsorised (as shipped) and discarding\n`,
)
const heads = [1e-3, 1e-4].flatMap((q) => [`q ${q}: winsorised`, 'discarding'])
console.log(columns(['', ...heads], longRun()))
console.log(
  `Alarm rate / q in force of ${FRESH} fresh detectors over their first ${FRESH_VALUES.toLocaleString('en')} values, by n_init\n`,
)
console.log(columns(['', 'n_init 1000', '200', '120'], fresh()))
