// SPDX-License-Identifier: Apache-2.0
import type { Candidate, GroupTable } from '../capture/group-table.ts'
import type { Meter } from './group.ts'
import type { MeterCells } from './meters.ts'

/** Candidates by the id of their key, and whether these are all that the table holds. */
export interface Found {
  readonly byId: ReadonlyMap<string, Candidate>
  readonly all: boolean
}

/** Names a key within its group. */
export function idOf(key: readonly bigint[]): string {
  return key.join(' ')
}

/**
 * Asks a table for the candidates that may be in a list of these meters, with `spare` more than a list takes. A list
 * from the bottom, and a mean, need all of them; what no cell ranks is nominated by the table's own rank.
 */
export function findCandidates(
  table: GroupTable,
  meters: readonly Meter[],
  cells: readonly MeterCells[],
  spare: number,
): Found {
  const counts = new Map<number, number>()
  for (const { id, vartype, topN, bottomN } of meters) {
    if (topN + bottomN === 0) continue
    const sum = cells[id]?.sum ?? table.spec.rank
    const by = sum < table.spec.adds.length ? sum : table.spec.rank
    const count = bottomN > 0 || vartype === 'AVERAGE' ? Number.POSITIVE_INFINITY : topN + spare
    counts.set(by, Math.max(count, counts.get(by) ?? 0))
  }
  return ask(table, counts)
}

/** Asks a table for all of its candidates. */
export function allCandidates(table: GroupTable): Found {
  return ask(table, new Map([[table.spec.rank, Number.POSITIVE_INFINITY]]))
}

function ask(table: GroupTable, counts: ReadonlyMap<number, number>): Found {
  const byId = new Map<string, Candidate>()
  if (table.spec.tracked === 0) return { byId, all: true }
  const { room } = table.fill()
  let all = false
  for (const [by, wanted] of counts) {
    const count = Math.min(wanted, room)
    const found = table.candidates(count, by)
    if (found.length < count || count === room) all = true
    for (const each of found) byId.set(idOf(each.key), each)
  }
  return { byId, all }
}
