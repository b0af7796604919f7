// SPDX-License-Identifier: Apache-2.0

/** How the polling fares. */
export type Pulse =
  | { readonly kind: 'live'; readonly at: Date }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'paused' }

/** Asks again and again. */
export interface Loop {
  /** Asks now, paused or not, and goes on from there. */
  hurry(): void
  pause(paused: boolean): void
}

export interface LoopOptions {
  /** Asks once. */
  step(): Promise<void>
  /** Milliseconds from one beginning to the next. */
  interval(): number
  tell(pulse: Pulse): void
}

/** Most milliseconds between attempts while there is no answer. */
const SLOWEST = 10_000

/** Steps once a window, never two at once, less often while it fails, and not at all while nobody looks. */
export function startLoop({ step, interval, tell }: LoopOptions): Loop {
  let timer: ReturnType<typeof setTimeout> | undefined
  let [running, again, paused, failures] = [false, false, false, 0]

  const attempt = async (): Promise<void> => {
    try {
      await step()
      failures = 0
      tell(paused ? { kind: 'paused' } : { kind: 'live', at: new Date() })
    } catch (error) {
      failures++
      tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const turn = async (asked: boolean): Promise<void> => {
    clearTimeout(timer)
    again ||= running && asked
    if (running || document.hidden || (paused && !asked)) return
    running = true
    const begun = performance.now()
    await attempt()
    running = false
    const pause = Math.min(interval() * 2 ** failures, Math.max(SLOWEST, interval()))
    const wait = again ? 0 : Math.max(0, begun + pause - performance.now())
    const next = again
    again = false
    timer = setTimeout(() => void turn(next), wait)
  }
  document.addEventListener('visibilitychange', () => void turn(false))
  void turn(true)
  return {
    hurry: () => void turn(true),
    pause(now) {
      paused = now
      if (paused) tell({ kind: 'paused' })
      else void turn(true)
    },
  }
}
