// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One series of the Numenta Anomaly Benchmark. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
  /** First and last index of each labelled window. */
  readonly windows: readonly (readonly [number, number])[]
  /** Values that are not scored. */
  readonly probation: number
}

/** Indices of the alarms that a detector raises over a series. */
export type Alarms = (series: Series) => readonly number[]

const PROBATION = { share: 0.15, most: 750 } as const

/** Weight of an alarm outside every window in the standard profile; a hit or a miss weighs 1. */
const FALSE_POSITIVE = 0.11

/** Reads a folder of series with their windows.json, in name order. */
export function readSeries(folder: string): readonly Series[] {
  const labels = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, windows]) => {
      const [, ...lines] = readFileSync(join(folder, name), 'utf8').trim().split('\n')
      const cells = lines.map((line) => line.split(','))
      const times = cells.map(([time = '']) => moment(time))
      return {
        name,
        values: cells.map(([, value]) => Number(value)),
        windows: windows.map(([from, to]) => {
          const first = times.findIndex((time) => time >= moment(from))
          return [first, times.findLastIndex((time) => time <= moment(to))] as const
        }),
        probation: Math.floor(Math.min(PROBATION.share * lines.length, PROBATION.most)),
      }
    })
}

function moment(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`)
}

/** Standard score of NAB: 100 for hits at every window's start, 0 for no alarm at all. */
export function standardScore(all: readonly Series[], alarms: Alarms): number {
  const windows = all.reduce((sum, series) => sum + series.windows.length, 0)
  const raw = all.reduce((sum, series) => sum + rawScore(series, alarms(series)), 0)
  return (100 * (raw + windows)) / (2 * windows)
}

/** What an alarm is worth, by its distance from the end of a window as a share of its length. */
function worth(distance: number): number {
  return distance > 3 ? -1 : 2 / (1 + Math.exp(5 * distance)) - 1
}

function rawScore({ windows, probation }: Series, alarms: readonly number[]): number {
  let score = 0
  const hit = new Set<readonly [number, number]>()
  for (const at of alarms.filter((index) => index >= probation)) {
    const inside = windows.find(([from, to]) => at >= from && at <= to)
    const before = windows.findLast(([, to]) => to < at)
    if (inside) {
      const [from, to] = inside
      if (!hit.has(inside)) score += worth(-(to - at + 1) / (to - from + 1)) / worth(-1)
      hit.add(inside)
    } else {
      const past = before ? worth((at - before[1]) / (before[1] - before[0])) : -1
      score += FALSE_POSITIVE * past
    }
  }
  return score - (windows.length - hit.size)
}

/** Keeps of anomalies those that more than `holdOff` values without one lie before. */
export function heldOff(anomalies: readonly number[], holdOff: number): number[] {
  return anomalies.filter((at, i) => at - (anomalies[i - 1] ?? Number.NEGATIVE_INFINITY) > holdOff)
}

/** The control: values more than `k` standard deviations off the mean of the last `length`. */
export function zScore(length: number, k: number, holdOff: number): Alarms {
  return ({ values, probation }) => {
    const anomalies: number[] = []
    let [sum, squares] = [0, 0]
    for (const [i, value] of values.entries()) {
      const count = Math.min(i, length)
      const mean = sum / count
      const deviation = Math.sqrt(Math.max(0, squares / count - mean ** 2))
      if (i >= probation && Math.abs(value - mean) > k * deviation) anomalies.push(i)
      const old = values[i - length] ?? 0
      sum += value - old
      squares += value ** 2 - old ** 2
    }
    return heldOff(anomalies, holdOff)
  }
}
