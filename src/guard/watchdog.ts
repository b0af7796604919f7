// SPDX-License-Identifier: Apache-2.0
import type { Window, WindowPlace } from '../counters/window.ts'
import type { Exporter } from '../exporters/exporter.ts'

/** Share of its length that a window may be cut late by without a word. */
const LATE = 0.1

/** Seconds from one line about late windows to the next. */
const QUIET = 60

/** Seconds within which all sources see one step of the clock. */
const SAME = 3

/** Says when windows are cut late, and when the clock is set or the machine was suspended. */
export function createWatchdog(options: {
  readonly warn: (line: string) => void
  /** Monotonic seconds. */
  readonly now: () => number
}): Exporter {
  const { warn, now } = options
  let stepped = Number.NEGATIVE_INFINITY
  let told = Number.NEGATIVE_INFINITY
  let untold = 0

  function step(by: NonNullable<WindowPlace['step']>): void {
    const isTold = now() - stepped < SAME
    stepped = now()
    if (!isTold) warn(stepLine(by))
  }
  function lateness(source: string, { lateness = 0, period }: Window): void {
    if (lateness <= LATE * period) return
    if (now() - told < QUIET) {
      untold++
      return
    }
    const others = untold > 0 ? `, and ${untold} since the last such line` : ''
    warn(
      `${source}: a window of ${period} s was cut ${lateness.toFixed(3)} s late${others}: the machine or this program is too busy; what came meanwhile is in it`,
    )
    told = now()
    untold = 0
  }
  return {
    name: 'watchdog',
    async publish({ source, window }) {
      if (window.step) step(window.step)
      lateness(source, window)
    },
    async [Symbol.asyncDispose]() {},
  }
}

function stepLine({ seconds, suspended }: NonNullable<WindowPlace['step']>): string {
  const length = `${Math.abs(seconds).toFixed(1)} s`
  const what = suspended
    ? `the machine was suspended for ${length}`
    : `the clock was set ${seconds < 0 ? 'back' : 'forward'} by ${length}`
  return `${what}: the windows of that moment are cut short and begin anew`
}
