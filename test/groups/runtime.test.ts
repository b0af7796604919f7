// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { createMemoryTable, type MemoryTable } from '../../src/groups/memory-table.ts'
import { type CountedGroup, openGroups } from '../../src/groups/runtime.ts'
import { wordsText } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { EPOCH, GUID, groupOf, meter } from './stand.ts'

const OTHER = '{6A1E7B60-1111-4222-8333-123456789ABC}'
const METERS = [meter(0, 'COUNTER', 2), meter(1, 'MAXIMUM', 0)]
const LIMITS = { tracked: 50, maxSeries: 4, hold: 2, linger: 3 }

/** Groups over memory tables, of at most so many slots. */
function world(first: readonly CountedGroup[], { mostSlots = Number.POSITIVE_INFINITY } = {}) {
  const tables = new Map<string, MemoryTable>()
  const log: string[] = []
  let now = 0
  const groups = openGroups({
    source: 'test0',
    groups: first,
    now: () => now * 1000,
    open({ group, spec }) {
      if (spec.slots > mostSlots) throw new Error(`${spec.slots} slots do not fit`)
      const table = createMemoryTable(spec)
      log.push(`open ${group.name} ${spec.slots}`)
      tables.set(group.name, table)
      return {
        ...table,
        close() {
          log.push(`close ${group.name}`)
          table.close()
        },
      }
    },
  })
  const count = (name: string, key: string, amount: number): void =>
    tables.get(name)?.record(key, { sum: 1 }, { amount: BigInt(amount), weight: 0n, sample: 0 })
  const pass = (seconds: number, each: () => void): void => {
    for (let second = 0; second < seconds; second++) {
      each()
      groups.advance({ start: new Date(EPOCH + now++ * 1000), seconds: 1, period: 1 })
    }
  }
  const sums = (at = 0) => {
    const scrape = groups.scrape()[at]
    const keys = scrape?.keys.map(({ key, sums }) => [wordsText(key), Number(sums[1])]) ?? []
    return {
      ...Object.fromEntries(keys),
      other: Number(scrape?.other[1]),
      total: Number(scrape?.total[1]),
    }
  }
  return { groups, log, count, pass, sums }
}

const counted = (more: Parameters<typeof groupOf>[1] = {}): CountedGroup =>
  createUpdateGroup(groupOf(METERS, { limits: LIMITS, ...more })).counted

t.test('a reload of lists, limits and labels goes on without a reset', async (t) => {
  const { groups, log, count, pass, sums } = world([counted()])
  pass(8, () => count('tested', 'a', 5))
  const before = sums()
  t.ok(before['a'] > 0 && before.other > 0, JSON.stringify(before))
  const keyinfo = new Map([['a', 'first']])
  const fewer = { ...counted({ keyinfo, limits: { ...LIMITS, maxSeries: 2, hold: 9 } }) }
  groups.reconfigure([fewer])
  t.same(sums(), before)
  t.equal(groups.scrape()[0]?.group.keyinfo.get('a'), 'first')
  t.same(log, ['open tested 4'], 'with the table that there was')

  const longer = [meter(0, 'COUNTER', 6), meter(1, 'MAXIMUM', 0)]
  const limits = { ...LIMITS, maxSeries: 9, tracked: 99 }
  const more = createUpdateGroup(groupOf(longer, { limits })).counted
  groups.reconfigure([more])
  t.same(sums(), before)
  t.same(log, ['open tested 4', 'close tested', 'open tested 9'], 'with a larger table')
  pass(1, () => count('tested', 'a', 5))
  t.same(sums(), { ...before, a: before['a'] + 5, total: before.total + 5 }, 'still promoted')
  pass(6, () => {
    for (const key of 'abcdef') count('tested', key, 5)
  })
  t.same(
    groups.scrape()[0]?.keys.map(({ phase }) => phase),
    Array.from({ length: 6 }, () => 'promoted'),
    'the new slots count',
  )
})

t.test(
  'what is counted another way begins anew, what is removed ends, the others go on',
  async (t) => {
    const other = counted({ guid: OTHER, name: 'other' })
    const { groups, log, count, pass, sums } = world([counted(), other])
    pass(8, () => {
      count('tested', 'a', 5)
      count('other', 'b', 3)
    })
    const before = sums(1)
    const meters = [...METERS, meter(2, 'COUNTER', 1)]
    groups.reconfigure([createUpdateGroup(groupOf(meters, { limits: LIMITS })).counted, other])
    t.same(log.slice(2), ['close tested', 'open tested 4'])
    t.match(sums(0), { other: 0, total: 0 })
    t.same(sums(1), before)
    t.equal(groups.lastBucket(GUID), undefined)
    groups.reconfigure([other])
    t.same(log.slice(4), ['close tested'])
    t.equal(groups.scrape().length, 1)
    groups.close()
    t.same(log.slice(5), ['close other'])
  },
)

t.test(
  'of series that are too many after a reload the lesser ones end, after their hold',
  async (t) => {
    const { groups, count, pass } = world([counted()])
    const both = () => {
      count('tested', 'a', 5)
      count('tested', 'b', 6)
    }
    const phases = () => groups.scrape()[0]?.keys.map(({ key, phase }) => [wordsText(key), phase])
    pass(8, both)
    const less = [meter(0, 'COUNTER', 1), meter(1, 'MAXIMUM', 0)]
    groups.reconfigure([
      createUpdateGroup(groupOf(less, { limits: { ...LIMITS, maxSeries: 1 } })).counted,
    ])
    pass(2, both)
    t.same(phases(), [
      ['b', 'promoted'],
      ['a', 'draining'],
    ])
    pass(2, both)
    t.same(phases(), [['b', 'promoted']])
  },
)

t.test('another length of buckets cuts the running one short', async (t) => {
  const { groups, count, pass } = world([counted({ bucketSeconds: 4 })])
  pass(6, () => count('tested', 'a', 5))
  groups.reconfigure([counted({ bucketSeconds: 3 })])
  pass(3, () => count('tested', 'a', 5))
  t.match(groups.lastBucket(GUID), { start: new Date(EPOCH + 6000), seconds: 3, full: false })
  t.equal(groups.lastBucket(GUID)?.meters[0]?.total.sum, 15n)
  pass(3, () => count('tested', 'a', 5))
  t.match(groups.lastBucket(GUID), { start: new Date(EPOCH + 9000), seconds: 3, full: true })
})

t.test('a reload that finds no room for a larger table leaves the group as it was', async (t) => {
  const { groups, log, count, pass, sums } = world([counted()], { mostSlots: 4 })
  pass(8, () => count('tested', 'a', 5))
  const before = sums()
  const limits = { ...LIMITS, maxSeries: 9 }
  const larger = createUpdateGroup(
    groupOf([meter(0, 'COUNTER', 6), ...METERS.slice(1)], { limits }),
  )
  t.throws(() => groups.reconfigure([larger.counted]), /9 slots do not fit/)
  t.same(log.slice(1), ['close tested', 'open tested 4'], 'with a table like the one before')
  t.same(sums(), before)
  t.equal(groups.scrape()[0]?.group.meters[0]?.topN, 2)
  pass(1, () => count('tested', 'a', 1))
  t.same(sums(), { ...before, a: before['a'] + 1, total: before.total + 1 }, 'still promoted')
})

t.test('a reload with one group that does not fit leaves all as they were', async (t) => {
  const third = '{7A1E7B60-1111-4222-8333-123456789ABC}'
  const gone = counted({ guid: OTHER, name: 'gone' })
  const { groups, log, count, pass, sums } = world([counted(), gone], { mostSlots: 4 })
  pass(8, () => {
    count('tested', 'a', 5)
    count('gone', 'b', 3)
  })
  const before = [sums(0), sums(1)]
  const small = counted({ guid: third, name: 'small' })
  const large = counted({
    name: 'large',
    guid: third.replace('7', '8'),
    limits: { ...LIMITS, maxSeries: 9 },
  })
  t.throws(
    () => groups.reconfigure([counted({ description: 'changed' }), small, large]),
    /9 slots do not fit/,
  )
  t.same(log.slice(2), ['close gone', 'open small 4', 'close small', 'open gone 4'])
  t.same(
    groups.list().map(({ name, description }) => [name, description]),
    [
      ['tested', 'of a test'],
      ['gone', 'of a test'],
    ],
  )
  t.same([sums(0), sums(1)], before, 'not a count of theirs is lost')
  pass(1, () => count('gone', 'b', 1))
  t.same(sums(1), {
    ...before[1],
    b: (before[1]?.['b'] ?? 0) + 1,
    total: (before[1]?.total ?? 0) + 1,
  })
})

t.test('sources share nothing', async (t) => {
  const [one, two] = [world([counted()]), world([counted()])]
  one.pass(8, () => one.count('tested', 'a', 5))
  t.equal(one.sums().total, 40)
  t.equal(two.sums().total, 0)
})

t.test('a scrape of a thousand keys takes well below 2 ms', async (t) => {
  const closed = Array.from({ length: 1000 }, (_, index) => `key ${index}`)
  const { groups, count } = world([counted({ closed })])
  for (const [index, key] of closed.entries()) count('tested', key, index)
  for (let warm = 0; warm < 50; warm++) groups.scrape()
  const times = Array.from({ length: 50 }, () => {
    const begin = performance.now()
    groups.scrape()
    return performance.now() - begin
  }).sort((a, b) => a - b)
  t.comment(`median ${times[25]?.toFixed(3)} ms`)
  t.equal(groups.scrape()[0]?.keys.length, 1000)
  t.ok((times[0] ?? 9) < 2, `best of 50: ${times[0]} ms`)
})
