// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { GroupSpec, GroupTable } from '../../src/capture/group-table.ts'
import { createMemoryTable } from '../../src/groups/memory-table.ts'
import type { MeterCells } from '../../src/groups/meters.ts'
import { openGroups } from '../../src/groups/runtime.ts'
import { textWords } from '../../src/groups/text-words.ts'
import type { Vartype } from '../../src/groups/vartype.ts'
import { EPOCH, GUID, groupOf, meter } from './stand.ts'

const SPEC: GroupSpec = {
  ...{ layers: 0, filter: -1, fields: [], prefix4: 32, prefix6: 128, seed: 0n, uniqueBits: 12 },
  ...{ adds: ['frames', 'bytes'], extremes: [{ value: 0, keep: 'last' }], uniques: [] },
  ...{ rank: 0, slots: 1, tracked: 0 },
}

/** A closed group of the key `k` with one meter, in buckets of 2 s. */
function counting(
  vartype: Vartype,
  cells: MeterCells,
  more: { spec?: Partial<GroupSpec>; wrap?: (table: GroupTable) => GroupTable } = {},
) {
  const group = groupOf([meter(0, vartype, 1)], { closed: ['k'] })
  const table = createMemoryTable({ ...SPEC, ...more.spec })
  let now = 0
  const groups = openGroups({
    source: 'test0',
    groups: [{ group, spec: table.spec, cells: [cells], closedKeys: [textWords('k')] }],
    open: () => more.wrap?.(table) ?? table,
    now: () => now * 1000,
  })
  const count = (sample: number): void =>
    table.record('k', { sum: 1, last: 0 }, { amount: 100n, weight: 0n, sample })
  const pass = (): void =>
    groups.advance({ start: new Date(EPOCH + now++ * 1000), seconds: 1, period: 1 })
  return { groups, count, pass }
}

t.test('the rise of a counter that packets carry is added up from its last readings', async (t) => {
  const { groups, count, pass } = counting('DELTA_RATE_COUNTER', { last: 0 })
  for (const readings of [[1000], [1005, 1030], [], [7]]) {
    for (const reading of readings) count(reading)
    pass()
  }
  const [scrape] = groups.scrape()
  t.same(scrape?.cells[0], { last: 0, sum: 2 }, 'its cell comes behind those of the table')
  t.same(scrape?.keys[0]?.sums, [4n, 400n, 37n])
  t.same([scrape?.other[2], scrape?.total[2]], [0n, 37n])
  t.match(groups.lastBucket(GUID)?.meters[0]?.top, [{ value: 3.5, sum: 7n, exact: true }])
})

t.test('frames and bytes are running counters by themselves', async (t) => {
  const delta = counting('DELTA_RATE_COUNTER', { sum: 1 })
  const running = counting('RUNNING_COUNTER', { sum: 1 })
  for (const { count, pass } of [delta, running]) {
    for (let window = 0; window < 4; window++) {
      count(0)
      pass()
    }
  }
  t.match(delta.groups.lastBucket(GUID)?.meters[0]?.top, [{ value: 100, sum: 200n }])
  t.match(running.groups.lastBucket(GUID)?.meters[0]?.top, [{ value: 400 }])
  t.same(running.groups.scrape()[0]?.keys[0]?.gauges, [{ value: 400 }])
})

t.test('distinct values are estimated over whole buckets, and never exact', async (t) => {
  let cuts = 0
  const wrap = (table: GroupTable): GroupTable => ({
    ...table,
    cut: () => ({ ...table.cut(), uniques: new Float64Array([40 + cuts++]) }),
  })
  const { groups, count, pass } = counting('GAUGE', { unique: 0 }, { spec: { uniques: [3] }, wrap })
  count(0)
  for (let window = 0; window < 3; window++) pass()
  t.equal(cuts, 1, 'not at every base window')
  t.match(groups.lastBucket(GUID)?.meters[0]?.top, [{ value: 40, exact: false }])
  t.same(groups.scrape()[0]?.keys[0]?.gauges, [{ value: 40 }])
})
