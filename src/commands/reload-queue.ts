// SPDX-License-Identifier: Apache-2.0

/**
 * Makes work be done one piece after another: who asks while it is under way gets the next piece, which all who ask until
 * it begins share, so that no more than one waits.
 */
export function inTurns(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | undefined
  return () => {
    if (waiting) return waiting
    waiting = last.then(() => {
      waiting = undefined
      return work()
    })
    last = waiting.catch(() => undefined)
    return waiting
  }
}

/** Does work while no other work given to it is under way. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>

/** Makes pieces of work wait for those before them. */
export function oneAtATime(): Exclusive {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
