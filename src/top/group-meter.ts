// SPDX-License-Identifier: Apache-2.0
import { LRUCache } from 'lru-cache'
import type { GroupTable } from '../capture/group-table.ts'
import { idOf } from '../groups/candidates.ts'
import type { CountedGroup } from '../groups/views.ts'
import type { GroupTraffic, KeyTraffic } from './frame.ts'
import { type Count, NO_COUNT, trafficBetween } from './traffic.ts'

/** Keys that an interval is asked for: the greatest; those that had less count in the total alone. */
const READ = 1024

/** Keys whose sums are remembered. */
const REMEMBERED = 4096

/** Reads one group's table once an interval. */
export interface GroupMeter {
  /** Ends the interval; `now`: monotonic milliseconds. The first interval begins when the meter is made. */
  read(now: number): GroupTraffic
}

interface Known extends Count {
  readonly key: readonly bigint[]
}

/** Follows a table from now on. */
export function groupMeter(
  { closedKeys }: Pick<CountedGroup, 'closedKeys'>,
  table: GroupTable,
  began: number,
): GroupMeter {
  return closedKeys ? closedMeter(closedKeys, table, began) : openMeter(table, began)
}

function closedMeter(
  keys: readonly (readonly bigint[])[],
  table: GroupTable,
  began: number,
): GroupMeter {
  for (const [slot, key] of keys.entries()) table.promote(slot, key)
  const look = sinceNow(table)
  let before = look()
  let last = began
  return {
    read(now) {
      const rows = look()
      const seconds = (now - last) / 1000
      const traffic = keys.map((key, slot): KeyTraffic => {
        const [old, current] = [rowOf(table, before, 1 + slot), rowOf(table, rows, 1 + slot)]
        return { id: idOf(key), key, ...trafficBetween(old, current, seconds) }
      })
      const total = trafficBetween(totalOf(table, before), totalOf(table, rows), seconds)
      before = rows
      last = now
      return { total, keys: traffic }
    },
  }
}

/* candidates are those of one interval: what is told of it is exact as long as the table has room for all its keys, and
   what went before it cannot hide what is new */
function openMeter(table: GroupTable, began: number): GroupMeter {
  const known = new LRUCache<string, Known>({ max: REMEMBERED })
  const look = sinceNow(table)
  let before = look()
  let last = began
  table.clear()
  return {
    read(now) {
      const rows = look()
      const found = table.candidates(Math.min(READ, Math.max(1, table.spec.tracked)), 0)
      table.clear()
      const seconds = (now - last) / 1000
      const olds = new Map<string, Count>()
      for (const { key, adds, error } of found) {
        const id = idOf(key)
        const old = known.get(id) ?? NO_COUNT
        olds.set(id, old)
        /* what a key took over from the one that it replaced is not its own */
        const own = adds.map((sum, cell) => (cell === table.spec.rank ? sum - error : sum))
        known.set(id, {
          key,
          packets: old.packets + (own[0] ?? 0n),
          bytes: old.bytes + (own[1] ?? 0n),
        })
      }
      const keys = [...known.entries()].map(([id, { key, ...count }]): KeyTraffic => {
        return { id, key, ...trafficBetween(olds.get(id) ?? count, count, seconds) }
      })
      const total = trafficBetween(totalOf(table, before), totalOf(table, rows), seconds)
      before = rows
      last = now
      return { total, keys }
    },
  }
}

/** Reads what a table counts from now on: what came before the keys were known went to other. */
function sinceNow(table: GroupTable): () => BigUint64Array {
  const base = table.look()
  return () => table.look().map((cell, at) => cell - (base[at] ?? 0n))
}

function rowOf({ spec }: GroupTable, rows: BigUint64Array, row: number): Count {
  const from = row * spec.adds.length
  return { packets: rows[from] ?? 0n, bytes: rows[from + 1] ?? 0n }
}

function totalOf(table: GroupTable, rows: BigUint64Array): Count {
  let total = NO_COUNT
  for (let row = 0; row <= table.spec.slots; row++) {
    const { packets, bytes } = rowOf(table, rows, row)
    total = { packets: total.packets + packets, bytes: total.bytes + bytes }
  }
  return total
}
