// SPDX-License-Identifier: Apache-2.0
import type { GroupTable } from '../../src/capture/group-table.ts'
import type { Group, Limits, Meter } from '../../src/groups/group.ts'
import type { MemoryTable } from '../../src/groups/memory-table.ts'
import { type Groups, openGroups } from '../../src/groups/runtime.ts'
import { wordsText } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import type { Vartype } from '../../src/groups/vartype.ts'

export const GUID = '{5A1E7B60-1111-4222-8333-123456789ABC}'

/** Monday, at a whole minute. */
export const EPOCH = Date.UTC(2026, 0, 5, 12, 0, 0)

/** A meter that a plugin feeds. */
export function meter(id: number, vartype: Vartype, topN = 3, bottomN = 0): Meter {
  const words = { name: `M${id}`, description: 'of a test', units: '' }
  return { id, vartype, topN, bottomN, ...words, measure: { of: 'update' } }
}

/** A group with these meters; buckets of 2 s, a hold of 3 s, and two buckets of lingering unless given. */
export function groupOf(
  meters: readonly Meter[],
  { limits, ...more }: Partial<Omit<Group, 'limits'>> & { limits?: Partial<Limits> } = {},
): Group {
  return {
    guid: GUID,
    name: 'tested',
    description: 'of a test',
    bucketSeconds: 2,
    key: { fields: [], prefix: { ipv4: 32, ipv6: 128 } },
    keyinfo: new Map(),
    ...more,
    meters,
    limits: { tracked: 100, maxSeries: 12, hold: 3, linger: 2, ...limits },
  }
}

/** A group that counts at a source whose clock the test turns. */
export interface Stand {
  readonly groups: Groups
  readonly table: MemoryTable
  update(key: string, meter: number, value: number | bigint): void
  /** Lets base windows of a second pass, after `each`. */
  pass(seconds: number, each?: () => void): void
  /** Keys that have series, with their phase and first meter's sum. */
  shown(): Record<string, readonly [phase: string, sum: number]>
}

/** Starts a group; the first window begins `offset` seconds after a whole minute. */
export function stand(
  group: Group,
  {
    offset = 0,
    wrap = (table) => table,
  }: { offset?: number; wrap?: (table: MemoryTable) => GroupTable } = {},
): Stand {
  const { counted, table, update } = createUpdateGroup(group)
  let now = 0
  const groups = openGroups({
    source: 'test0',
    groups: [counted],
    open: () => wrap(table),
    now: () => now * 1000,
  })
  return {
    groups,
    table,
    update,
    pass(seconds, each) {
      for (let second = 0; second < seconds; second++) {
        each?.()
        const start = new Date(EPOCH + (offset + now) * 1000)
        now++
        groups.advance({ start, seconds: 1, period: 1 })
      }
    },
    shown() {
      const [scrape] = groups.scrape()
      const cell = scrape?.cells[0]?.sum ?? 0
      const rows = scrape?.keys.map(
        ({ key, phase, sums }) => [wordsText(key), [phase, Number(sums[cell])]] as const,
      )
      return Object.fromEntries(rows ?? [])
    },
  }
}
