// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { OtlpStanding } from './standing.ts'

/** Milliseconds that the last export gets on disposal; less where the ones before failed. */
const GRACE = 4000
const GRACE_OF_FAILING = 1000

/** Exports at regular times, one after the other. */
export interface Pump extends AsyncDisposable {
  standing(): OtlpStanding
}

/** Begins to export; times in milliseconds. */
export function createPump(options: {
  readonly interval: number
  /** One export; rejects when it fails. */
  readonly push: () => Promise<void>
  /** Lets go of the connection, called after each failure and at the end: the next export begins with a new one. */
  readonly drop: () => void
  /** Told when exports begin to fail, and when they succeed again after so many failures. */
  readonly onFailing: (reason: unknown) => void
  readonly onRecovered: (failures: number) => void
}): Pump {
  const { interval, push, drop, onFailing, onRecovered } = options
  let standing: OtlpStanding = { exports: 0, failures: 0, skipped: 0, lastSuccess: undefined }
  let failing = 0
  let underWay: Promise<void> | undefined

  const attempt = async (): Promise<void> => {
    try {
      await push()
      standing = { ...standing, exports: standing.exports + 1, lastSuccess: new Date() }
      if (failing > 0) onRecovered(failing)
      failing = 0
    } catch (error) {
      drop()
      const { exports, failures } = standing
      standing = { ...standing, exports: exports + 1, failures: failures + 1 }
      if (failing++ === 0) onFailing(error)
    }
    underWay = undefined
  }
  const begin = (): Promise<void> => {
    underWay ??= attempt()
    return underWay
  }
  const timer = setInterval(() => {
    if (underWay) standing = { ...standing, skipped: standing.skipped + 1 }
    else void begin()
  }, interval).unref()

  const last = async (late: AbortSignal): Promise<void> => {
    await underWay
    if (!late.aborted) await begin()
  }
  let ended: Promise<void> | undefined
  const end = async (): Promise<void> => {
    clearInterval(timer)
    const stop = new AbortController()
    const late = sleep(failing > 0 ? GRACE_OF_FAILING : GRACE, undefined, { signal: stop.signal })
    await Promise.race([last(stop.signal), late.catch(() => undefined)])
    stop.abort()
    drop()
  }
  return {
    standing: () => standing,
    [Symbol.asyncDispose]() {
      ended ??= end()
      return ended
    },
  }
}
