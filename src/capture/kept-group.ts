// SPDX-License-Identifier: Apache-2.0
import type { GroupFill, GroupSpec, GroupTable } from './group-table.ts'

/**
 * A group whose tables come one after another, each lost with its source or replaced by a larger one: cells go on from
 * where they were, and promoted keys are promoted again.
 */
export interface KeptGroup {
  readonly table: GroupTable
  readonly isClosed: boolean
  /** Reads the table for the last time and closes it, before its source is; nothing counts until another is there. */
  lose(): void
  /** Goes on with a table of the same cells that has counted nothing yet and has no fewer slots. */
  regain(table: GroupTable): void
  /** Writes down what it adds to its table's cells, so that they can go on from there in another process. */
  note(): void
  /** Goes on with another table, opened once the one before has given its memory back; with that again when it throws. */
  replace(open: () => GroupTable, before: () => GroupTable): void
}

/** The part of a table's notes that each of those who keep it has. */
export type KeptBy = 'kept' | 'counted'

interface KeptNote {
  readonly base: readonly string[]
  readonly forgotten: string
}

/** Keeps a group, with its first table if there is one by now; that may have been kept before by the same one. */
export function keptGroup(wanted: GroupSpec, first?: GroupTable, by: KeptBy = 'kept'): KeptGroup {
  const promoted = new Map<number, readonly bigint[]>()
  let current = first
  let spec = first?.spec ?? wanted
  let isClosed = false
  const noted = first?.notes?.read(by) as KeptNote | undefined
  let base: BigUint64Array = noted
    ? BigUint64Array.from(noted.base, BigInt)
    : new BigUint64Array((1 + spec.slots) * spec.adds.length)
  let forgotten = BigInt(noted?.forgotten ?? 0)

  const look = (): BigUint64Array =>
    current?.look().map((cell, at) => cell + (base[at] ?? 0n)) ?? base.slice()
  const fill = (): GroupFill => {
    const now = current?.fill() ?? { tracked: 0, room: 0, evictions: 0n, error: 0n, bytes: 0 }
    return { ...now, evictions: now.evictions + forgotten }
  }

  function lose(): void {
    if (isClosed || !current) return
    base = look()
    const { evictions, tracked } = fill()
    forgotten = evictions + BigInt(tracked)
    current.close()
    current = undefined
  }
  function regain(table: GroupTable): void {
    current = table
    spec = table.spec
    for (const [slot, key] of promoted) table.promote(slot, key)
    note()
  }
  function note(): void {
    const isNeeded = forgotten > 0n || base.some((cell) => cell > 0n)
    if (isNeeded) current?.notes?.write(by, { base: [...base], forgotten })
  }

  return {
    get isClosed() {
      return isClosed
    },
    lose,
    regain,
    note,
    replace(open, before) {
      lose()
      try {
        regain(open())
      } catch (error) {
        regain(before())
        throw error
      }
    },
    table: {
      get spec() {
        return spec
      },
      get notes() {
        return current?.notes
      },
      look,
      cut: () =>
        current?.cut() ?? {
          extremes: new Float64Array(spec.slots * spec.extremes.length).fill(Number.NaN),
          uniques: new Float64Array(spec.slots * spec.uniques.length).fill(Number.NaN),
        },
      promote(slot, key) {
        current?.promote(slot, key)
        promoted.set(slot, key)
      },
      demote(slot) {
        current?.demote(slot)
        promoted.delete(slot)
      },
      candidates: (count, by) => current?.candidates(count, by) ?? [],
      clear: () => current?.clear(),
      fill,
      close() {
        isClosed = true
        current?.close()
        current = undefined
      },
    },
  }
}
