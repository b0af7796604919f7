// SPDX-License-Identifier: Apache-2.0
import type { Candidate, GroupSpec, GroupTable } from './group-table.ts'

type Open = (spec: GroupSpec) => GroupTable

/** Makes the function that opens groups where both directions are counted, or received frames alone (`transmitted` undefined). */
export function directedOpener(received: Open, transmitted: Open | undefined): Open {
  return (spec) => {
    const first = spec.direction === 'transmit' ? undefined : received(spec)
    if (!spec.direction) return directed(spec, first, undefined)
    try {
      return directed(spec, first, transmitted?.(spec))
    } catch (error) {
      first?.close()
      throw error
    }
  }
}

/** Gives the tables of groups in their order, from those of each direction in theirs. */
export function directedTables(
  specs: readonly GroupSpec[],
  received: readonly GroupTable[],
  transmitted: readonly GroupTable[],
): readonly GroupTable[] {
  const [ins, outs] = [[...received], [...transmitted]]
  return specs.map((spec) =>
    directed(
      spec,
      spec.direction === 'transmit' ? undefined : ins.shift(),
      spec.direction ? outs.shift() : undefined,
    ),
  )
}

/** Whether frames of a direction go into the group. */
export function countsDirection(spec: GroupSpec, direction: 'receive' | 'transmit'): boolean {
  return direction === 'transmit' ? spec.direction !== undefined : spec.direction !== 'transmit'
}

function directed(
  spec: GroupSpec,
  received: GroupTable | undefined,
  transmitted: GroupTable | undefined,
): GroupTable {
  if (received && transmitted) return joined(received, transmitted)
  return received ?? transmitted ?? silent(spec)
}

/** A group where nothing of its direction is counted. */
function silent(spec: GroupSpec): GroupTable {
  return {
    spec,
    look: () => new BigUint64Array((1 + spec.slots) * spec.adds.length),
    cut: () => ({
      extremes: new Float64Array(spec.slots * spec.extremes.length).fill(Number.NaN),
      uniques: new Float64Array(spec.slots * spec.uniques.length).fill(Number.NaN),
    }),
    promote: () => undefined,
    demote: () => undefined,
    candidates: () => [],
    clear: () => undefined,
    fill: () => ({ tracked: 0, room: 0, evictions: 0n, error: 0n, bytes: 0 }),
    close: () => undefined,
  }
}

/** One table of two that count the same group: settings refuse uniques, which do not add up. */
function joined(one: GroupTable, other: GroupTable): GroupTable {
  const { spec } = one
  const each = (action: (table: GroupTable) => void): void => {
    action(one)
    action(other)
  }
  return {
    spec,
    look() {
      const more = other.look()
      return one.look().map((cell, at) => cell + (more[at] ?? 0n))
    },
    cut() {
      const [{ extremes, uniques }, more] = [one.cut(), other.cut()]
      const keeps = spec.extremes.map(({ keep }) => keep)
      return {
        extremes: extremes.map((value, at) =>
          extreme(keeps[at % keeps.length], value, more.extremes[at] ?? Number.NaN),
        ),
        uniques,
      }
    },
    promote: (slot, key) => each((table) => table.promote(slot, key)),
    demote: (slot) => each((table) => table.demote(slot)),
    candidates: (count, by) =>
      merged([...one.candidates(2 * count, by), ...other.candidates(2 * count, by)], by).slice(
        0,
        count,
      ),
    clear: () => each((table) => table.clear()),
    fill() {
      const [a, b] = [one.fill(), other.fill()]
      return {
        tracked: a.tracked + b.tracked,
        room: a.room + b.room,
        evictions: a.evictions + b.evictions,
        error: a.error + b.error,
        bytes: a.bytes + b.bytes,
      }
    },
    close: () => each((table) => table.close()),
  }
}

/* of the last ones the received one: which of the two came later is not known */
function extreme(keep: 'max' | 'min' | 'last' | undefined, one: number, other: number): number {
  if (Number.isNaN(one)) return other
  if (Number.isNaN(other) || keep === 'last') return one
  return keep === 'max' ? Math.max(one, other) : Math.min(one, other)
}

/** Adds candidates of the same key up, and puts them in falling order; of ties the smaller key first. */
function merged(all: readonly Candidate[], by: number): Candidate[] {
  const byKey = new Map<string, Candidate>()
  for (const each of all) {
    const id = each.key.join(' ')
    const known = byKey.get(id)
    const adds = known && each.adds.map((cell, at) => cell + (known.adds[at] ?? 0n))
    byKey.set(id, known && adds ? { ...each, adds, error: each.error + known.error } : each)
  }
  const value = ({ adds }: Candidate): bigint => adds[by] ?? 0n
  return [...byKey.values()].toSorted((a, b) => {
    if (value(a) !== value(b)) return value(a) > value(b) ? -1 : 1
    const at = a.key.findIndex((word, index) => word !== b.key[index])
    return at >= 0 && (a.key[at] ?? 0n) < (b.key[at] ?? 0n) ? -1 : 1
  })
}
