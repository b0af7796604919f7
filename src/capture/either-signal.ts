// SPDX-License-Identifier: Apache-2.0

/** A signal that aborts with the first of others, and lets go of them when it is disposed of. */
export function eitherSignal(...signals: readonly AbortSignal[]): Disposable & {
  readonly signal: AbortSignal
} {
  const controller = new AbortController()
  const abort = () => controller.abort()
  for (const each of signals) {
    if (each.aborted) abort()
    else each.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const each of signals) each.removeEventListener('abort', abort)
    },
  }
}
