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
