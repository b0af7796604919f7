// SPDX-License-Identifier: Apache-2.0
import { uptime } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The clocks that windows follow, all in milliseconds. */
export interface Clock {
  /** Unix time; it may be set. */
  wall(): number
  /** Runs while the machine does, whatever the wall clock is set to. */
  monotonic(): number
  /** The same, and while it is suspended, too. */
  boot(): number
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** One moment on all clocks. */
export interface Moment {
  readonly wall: number
  readonly monotonic: number
  readonly boot: number
}

/** A jump of the wall clock against the monotonic one. */
export interface Step {
  /** Seconds; below zero: back. */
  readonly seconds: number
  /** Whether the machine was suspended meanwhile, so that the wall clock is right. */
  readonly suspended: boolean
}

/** The machine's clocks (Linux: CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME). */
export const machineClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  boot: () => uptime() * 1000,
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined),
}

/** Longest wait that a step of the clock can go unseen in, in milliseconds. */
const UNSEEN = 1000

/** What adjusting may move the clock: some milliseconds, and a tenth of the time (chrony at most 8.3 %). */
const SLEWED = { milliseconds: 20, share: 0.1 }

/** Reads all clocks together: a reading that was held up in between is made again. */
export function momentOf(clock: Clock): Moment {
  for (let tries = 0; ; tries++) {
    const before = clock.monotonic()
    const moment = { wall: clock.wall(), boot: clock.boot(), monotonic: clock.monotonic() }
    if (moment.monotonic - before < 2 || tries === 10) return moment
  }
}

/** Tells how the wall clock stepped between two moments; undefined when it ran, or was adjusted little by little. */
export function stepBetween(before: Moment, after: Moment): Step | undefined {
  const elapsed = after.monotonic - before.monotonic
  const stepped = after.wall - before.wall - elapsed
  if (Math.abs(stepped) <= SLEWED.milliseconds + SLEWED.share * elapsed) return undefined
  const slept = after.boot - before.boot - elapsed
  return { seconds: stepped / 1000, suspended: slept > stepped / 2 && stepped > 0 }
}

/** Waits until the wall clock reads `at` (unix milliseconds), the signal aborts, or the clock steps. */
export async function waitUntil(
  clock: Clock,
  at: number,
  from: Moment,
  signal: AbortSignal,
): Promise<{ now: Moment; step: Step | undefined }> {
  for (let before = from; ; ) {
    const now = momentOf(clock)
    const step = stepBetween(before, now)
    if (step || signal.aborted || now.wall >= at) return { now, step }
    await clock.sleep(Math.min(at - now.wall, UNSEEN), signal)
    before = now
  }
}

/** Start of the window that holds `at`: a whole multiple of the period since the epoch, in unix milliseconds. */
export function alignedStart(at: number, periodSeconds: number): number {
  const period = Math.round(periodSeconds * 1000)
  return Math.floor(at / period) * period
}
