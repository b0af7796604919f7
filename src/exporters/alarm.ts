// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto'
import type { Sample } from '../monitor/sample.ts'
import type { TailName } from '../spot/detector.ts'
import type { Report } from './exporter.ts'

/** A value that opened an event. */
export interface Alarm {
  /** The same wherever the alarm is told of: 16 hexadecimal digits, made of where and when it was raised. */
  readonly id: string
  /** Start and length in seconds of the window it was raised in. */
  readonly time: Date
  readonly window: number
  readonly statistic: string
  readonly tail: TailName
  readonly value: number
  /** The threshold that was passed. */
  readonly threshold: number
  readonly probability: number
}

/** Gives the alarms that a report raises, in the order of its samples. */
export function alarmsOf({ source, window, samples }: Report): Alarm[] {
  return samples.flatMap((sample) => {
    const { statistic, value, judgement }: Sample = sample
    const { tail, opens, probability } = judgement ?? {}
    if (!judgement || !opens || tail === undefined || probability === undefined) return []
    const { start: time, period } = window
    const id = hash([time.toISOString(), source, period, statistic.name, tail])
    const of = { time, window: period, statistic: statistic.name, tail }
    return [{ id, ...of, value, threshold: judgement[tail], probability }]
  })
}

function hash(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
