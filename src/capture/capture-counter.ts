// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
import type { CaptureError } from '../errors.ts'
import type { Addon, Handle } from '../native/binding.ts'
import { defectError, readError } from './capture-defect.ts'
import type { PieceReader } from './piece-reader.ts'

/** Where counting stopped: before a packet of a later window, or for good. */
export type Stop =
  | {
      readonly at: 'boundary'
      /** Time of that packet, and greatest time before it, in unix nanoseconds. */
      readonly time: bigint
      readonly latest: bigint
      readonly error?: never
    }
  | { readonly at: 'end'; readonly error?: CaptureError }

/** Counts on, up to the first packet at or after a time in unix nanoseconds. */
export type CountUntil = (until: bigint, signal: AbortSignal | undefined) => Promise<Stop>

/** Makes the function that counts a capture file's packets, and tells what counts beside of each piece; an abort is its end. */
export function captureCounter(
  name: string,
  addon: Addon,
  handle: Handle,
  pieces: PieceReader,
  added: readonly AddedSums[] = [],
): CountUntil {
  let offset = 0
  return async (until, signal) => {
    for (;;) {
      const { bytes, from, to, last } = pieces
      for (const each of added) await each.feeding?.({ bytes, from, to, offset })
      const fed = addon.feedCapture(handle, bytes, from, to, until, last)
      pieces.from = fed.from
      offset += fed.from - from
      for (const each of added) each.fed?.()
      if (fed.stop === 'boundary') return { at: 'boundary', time: fed.time, latest: fed.latest }
      if (fed.stop === 'defect') return { at: 'end', error: defectError(name, fed) }
      if (last) return { at: 'end' }
      try {
        do await pieces.more(fed.need)
        while (!pieces.last && !signal?.aborted && pieces.to - pieces.from < fed.need)
      } catch (error) {
        return signal?.aborted
          ? { at: 'end' }
          : { at: 'end', error: readError(name, pieces.total, error) }
      }
      if (signal?.aborted) return { at: 'end' }
    }
  }
}
