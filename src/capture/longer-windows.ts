// SPDX-License-Identifier: Apache-2.0
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { type Window, windowOf } from '../counters/window.ts'
import { type Addon, loadAddon } from '../native/binding.ts'
import type { Shed, Source } from './source.ts'

/** Makes a source's windows come with longer ones, of these periods in seconds. */
export function withLongerWindows(
  source: Pick<Source, 'name' | 'catalog' | 'windows'>,
  periods: readonly number[],
): Pick<Source, 'name' | 'windows'> {
  return {
    name: source.name,
    windows(seconds, signal) {
      const longer = periods.filter((period) => period !== seconds)
      const merging = { addon: loadAddon(), catalog: () => source.catalog, periods: longer }
      return longerWindows(source.windows(seconds, signal), merging)
    },
  }
}

/**
 * Follows each base window with the longer ones that end with it, merged from base windows: sums add, sketches merge, so
 * that nothing is counted twice. Lengths are multiples of the base period in seconds; a gap and the end of the input cut
 * the longer windows short.
 */
async function* longerWindows(
  base: AsyncIterable<Window>,
  merging: {
    readonly addon: Addon
    readonly catalog: () => Catalog
    readonly periods: readonly number[]
  },
): AsyncIterable<Window> {
  const open = merging.periods.map((period) => growing(merging.addon, merging.catalog, period))
  let latest = Number.NEGATIVE_INFINITY
  for await (const window of base) {
    const start = window.start.getTime()
    /* the boundary of a window lies far away once the clock is set back */
    const from = window.gap || start < latest ? Number.POSITIVE_INFINITY : start
    latest = start
    for (const each of open) yield* each.endBefore(from)
    yield window
    for (const each of open) each.add(window)
    const end = window.start.getTime() + Math.round(window.seconds * 1000)
    for (const each of open) yield* each.endBefore(end)
  }
  for (const each of open) yield* each.endBefore(Number.POSITIVE_INFINITY)
}

/** One length: the base windows of the one that is open, added up. */
function growing(addon: Addon, catalog: () => Catalog, period: number) {
  const milliseconds = Math.round(period * 1000)
  let sum: { first: Window; counts: Reading; seconds: number; shed: Shed } | undefined

  const boundary = (first: Window): number =>
    (Math.floor(first.start.getTime() / milliseconds) + 1) * milliseconds
  return {
    add(window: Window): void {
      if (!sum) {
        const counts = copy(addon, window.counts)
        sum = { first: window, counts, seconds: window.seconds, shed: window.shed ?? 0 }
        return
      }
      sum.counts = merge(addon, sum.counts, window.counts)
      sum.seconds += window.seconds
      if (window.shed && window.shed > sum.shed) sum.shed = window.shed
    },
    /** Yields the open window when it ends at or before `time`, in unix milliseconds. */
    *endBefore(time: number): Iterable<Window> {
      if (!sum || boundary(sum.first) > time) return
      const { first, counts, seconds, shed } = sum
      sum = undefined
      const start = new Date(boundary(first) - milliseconds)
      const place = {
        start,
        seconds,
        period,
        ...(first.gap && { afterGap: true as const }),
        ...(shed !== 0 && { shed }),
      }
      yield windowOf(catalog(), estimated(addon, counts), place)
    },
  }
}

/** Estimates what is distinct from the sketches that were merged. */
function estimated(addon: Addon, counts: Reading): Reading {
  const { transmit } = counts
  const distinct = new Float64Array(counts.distinct.length)
  const own = distinct.subarray(0, addon.sizes(0).distinct)
  if (counts.sketches) addon.estimateSketches(counts.sketches, own)
  for (const [at, registers] of counts.registers ?? []) {
    distinct[at] = addon.estimateRegisters(registers)
  }
  return { ...counts, distinct, ...(transmit && { transmit: estimated(addon, transmit) }) }
}

function copy(addon: Addon, counts: Reading): Reading {
  const { transmit } = counts
  return {
    ...counts,
    ...(transmit && { transmit: copy(addon, transmit) }),
    ...(counts.sketches && { sketches: counts.sketches.slice() }),
    ...(counts.registers && { registers: mergedRegisters(addon, counts.registers, new Map()) }),
  }
}

function merge(addon: Addon, sum: Reading, next: Reading): Reading {
  const transmit =
    sum.transmit && next.transmit
      ? merge(addon, sum.transmit, next.transmit)
      : (sum.transmit ?? (next.transmit && copy(addon, next.transmit)))
  const sketches = sum.sketches ?? next.sketches?.slice()
  if (sum.sketches && next.sketches) addon.mergeSketches(sum.sketches, next.sketches)
  return {
    slots: sum.slots.map((slot, index) => slot + (next.slots[index] ?? 0n)),
    distinct: sum.distinct,
    clocks: next.clocks,
    lost: sum.lost + next.lost,
    ...(sketches && { sketches }),
    ...(transmit && { transmit }),
    ...((sum.registers || next.registers) && {
      registers: mergedRegisters(addon, sum.registers ?? new Map(), next.registers ?? new Map()),
    }),
  }
}

function mergedRegisters(
  addon: Addon,
  sum: ReadonlyMap<number, Uint8Array>,
  next: ReadonlyMap<number, Uint8Array>,
): ReadonlyMap<number, Uint8Array> {
  const merged = new Map([...sum].map(([at, registers]) => [at, registers.slice()]))
  for (const [at, registers] of next) {
    const own = merged.get(at)
    if (own) addon.mergeRegisters(own, registers)
    else merged.set(at, registers.slice())
  }
  return merged
}
