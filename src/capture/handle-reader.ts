// SPDX-License-Identifier: Apache-2.0
import type { Reading } from '../counters/reading.ts'
import type { Addon, Handle } from '../native/binding.ts'

/** Reads the tables behind a handle of the addon. */
export interface HandleReader {
  /** Looks at the sums; the distinct values are those of the last cut. */
  look(): Reading
  /** Closes the running epoch and reads it, merging off the main thread. */
  cut(): Promise<Reading>
  /** The same for a source that counts only while it is called. */
  cutNow(): Reading
}

/** Joins a handle and arrays of the right lengths. */
export function handleReader(addon: Addon, handle: Handle): HandleReader {
  const sizes = addon.sizes(0)
  const sketchBytes = addon.sketchBytes(handle)
  let distinct = new Float64Array(sizes.distinct)
  const arrays = () => ({
    slots: new BigUint64Array(sizes.slots),
    clocks: new BigUint64Array(sizes.clocks),
    lost: new BigUint64Array(1),
  })
  const reading = ({ slots, clocks, lost }: ReturnType<typeof arrays>): Reading => ({
    slots,
    clocks,
    lost: lost[0] ?? 0n,
    distinct,
  })
  return {
    look() {
      const into = arrays()
      addon.look(handle, into.slots, into.clocks, into.lost)
      return reading(into)
    },
    async cut() {
      const { slots, clocks, lost } = arrays()
      const [estimates, sketches] = [new Float64Array(sizes.distinct), new Uint8Array(sketchBytes)]
      await addon.cut(handle, slots, clocks, lost, estimates, sketches)
      distinct = estimates
      return { ...reading({ slots, clocks, lost }), sketches }
    },
    cutNow() {
      const { slots, clocks, lost } = arrays()
      const sketches = new Uint8Array(sketchBytes)
      distinct = new Float64Array(sizes.distinct)
      addon.cutNow(handle, slots, clocks, lost, distinct, sketches)
      return { ...reading({ slots, clocks, lost }), sketches }
    },
  }
}
