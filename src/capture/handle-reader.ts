// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
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

/** Joins a handle, arrays of the right lengths and what is counted beside the core's. */
export function handleReader(
  addon: Addon,
  handle: Handle,
  added: readonly AddedSums[] = [],
  lostOutside: () => bigint = () => 0n,
): HandleReader {
  const sizes = addon.sizes(0)
  const slotCount = added.reduce((sum, { count }) => sum + count, sizes.slots)
  const sketchBytes = addon.sketchBytes(handle)
  const distinctCount = added.reduce(
    (sum, { distinct }) => sum + (distinct?.count ?? 0),
    sizes.distinct,
  )
  let distinct = new Float64Array(distinctCount)
  const arrays = () => ({
    slots: new BigUint64Array(slotCount),
    clocks: new BigUint64Array(sizes.clocks),
    lost: new BigUint64Array(1),
  })
  const reading = ({ slots, clocks, lost }: ReturnType<typeof arrays>): Reading => ({
    slots,
    clocks,
    lost: (lost[0] ?? 0n) + lostOutside(),
    distinct,
  })
  function readAdded(slots: BigUint64Array, ends: boolean): void {
    let from = sizes.slots
    for (const each of added) {
      each.read(slots.subarray(from, from + each.count), ends)
      from += each.count
    }
  }
  /** Ends the window of what is distinct beside the core's; gives the registers. */
  function cutAdded(estimates: Float64Array): ReadonlyMap<number, Uint8Array> {
    const registers = new Map<number, Uint8Array>()
    let from = sizes.distinct
    for (const { distinct } of added) {
      if (!distinct) continue
      const own = distinct.cut(estimates.subarray(from, from + distinct.count))
      for (const [at, each] of own) registers.set(from + at, each)
      from += distinct.count
    }
    return registers
  }
  return {
    look() {
      const into = arrays()
      addon.look(handle, into.slots, into.clocks, into.lost)
      readAdded(into.slots, false)
      return reading(into)
    },
    async cut() {
      const { slots, clocks, lost } = arrays()
      const [estimates, sketches] = [new Float64Array(distinctCount), new Uint8Array(sketchBytes)]
      const cut = addon.cut(handle, slots, clocks, lost, estimates, sketches)
      readAdded(slots, true)
      const registers = cutAdded(estimates)
      await cut
      distinct = estimates
      return { ...reading({ slots, clocks, lost }), sketches, registers }
    },
    cutNow() {
      const { slots, clocks, lost } = arrays()
      const sketches = new Uint8Array(sketchBytes)
      distinct = new Float64Array(distinctCount)
      addon.cutNow(handle, slots, clocks, lost, distinct, sketches)
      readAdded(slots, true)
      const registers = cutAdded(distinct)
      return { ...reading({ slots, clocks, lost }), sketches, registers }
    },
  }
}
