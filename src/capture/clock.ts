// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until the wall clock reads `at` (unix milliseconds) or the signal aborts. */
export async function sleepUntil(at: number, signal: AbortSignal): Promise<void> {
  /* timers may fire a millisecond early, and one wait must not outlast a clock that is set back */
  for (let left = at - Date.now(); left > 0 && !signal.aborted; left = at - Date.now()) {
    await sleep(Math.min(left, 1000), undefined, { signal }).catch(() => undefined)
  }
}

/** Start of the window that holds `at`: a whole multiple of the period since the epoch, in unix milliseconds. */
export function alignedStart(at: number, periodSeconds: number): number {
  const period = Math.round(periodSeconds * 1000)
  return Math.floor(at / period) * period
}
