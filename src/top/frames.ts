// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Frame } from './frame.ts'
import type { SourceMeter } from './source-meter.ts'

/** When frames are made, in seconds. */
export interface Pace {
  readonly interval: number
  /** Until the first one; the interval by default. */
  readonly first?: number
}

/** Reads the meters once an interval until the signal aborts; what was slept through is one longer interval. */
export async function* framesOf(
  meters: readonly SourceMeter[],
  { interval, first = interval }: Pace,
  signal: AbortSignal,
): AsyncIterable<Frame> {
  const step = interval * 1000
  let due = performance.now() + first * 1000
  for (;;) {
    /* a timer's greatest delay is some 24 days, and it may fire early */
    for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
      await sleep(left, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
    }
    yield { time: new Date(), interfaces: meters.map((meter) => meter.read()) }
    due += step * Math.max(1, Math.ceil((performance.now() - due) / step))
  }
}
