// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { createBucketClock } from '../../src/groups/bucket-clock.ts'
import type { BucketView } from '../../src/groups/runtime.ts'
import { wordsText } from '../../src/groups/text-words.ts'
import { EPOCH, GUID, groupOf, meter, stand } from './stand.ts'

const NINE = groupOf([
  meter(0, 'COUNTER'),
  meter(1, 'RATE_COUNTER'),
  meter(2, 'GAUGE'),
  meter(3, 'GAUGE_MIN_MAX_AVG'),
  meter(4, 'RUNNING_COUNTER'),
  meter(5, 'AVERAGE'),
  meter(6, 'DELTA_RATE_COUNTER'),
  meter(7, 'MAXIMUM'),
  meter(8, 'MINIMUM'),
])

/** A meter's list as text and value. */
function list(view: BucketView | undefined, id: number, which: 'top' | 'bottom' = 'top') {
  return view?.meters[id]?.[which].map(({ key, value, exact }) => [wordsText(key), value, exact])
}

t.test('every vartype makes its own value of a bucket', async (t) => {
  const { groups, pass, update } = stand(NINE)
  const readings = [100, 110, 125, 5]
  let window = 0
  pass(8, () => {
    update('k', 0, 3)
    update('k', 1, 100)
    for (const value of [4, 1, 2.5]) {
      update('k', 2, value)
      update('k', 3, value)
      update('k', 7, value)
      update('k', 8, value - 9)
    }
    for (const value of [7, 8, 9]) update('k', 5, value)
    update('k', 4, window % 2 === 0 ? 5 : -2)
    update('k', 6, readings[window++ % 4] ?? 0)
  })
  const view = groups.lastBucket(GUID)
  const first = view?.meters.map(({ top: [row] }) => row)
  t.match(first?.[0], { value: 6, sum: 6n, exact: true })
  t.match(first?.[1], { value: 100, sum: 200n }, 'a second')
  t.match(first?.[2], { value: 2.5 }, 'the last one')
  t.match(first?.[3], { value: 2.5, min: 1, max: 4, average: 2.5 })
  t.match(first?.[4], { value: 12 }, 'four times 5 - 2')
  t.match(first?.[5], { value: 8 })
  t.match(first?.[6], { value: 10, sum: 20n }, '110 to 125, and 5 after a reset')
  t.match(first?.[7], { value: 4 })
  t.match(first?.[8], { value: -8 })
  t.match(view?.meters[5]?.total, { value: 8 })
  t.match(view?.meters[7]?.total, { value: Number.NaN }, 'greatest values do not add up')

  const [key] = groups.scrape()[0]?.keys ?? []
  t.same(
    key?.gauges.map((gauge) => gauge?.value),
    [undefined, undefined, 2.5, 2.5, 12, undefined, undefined, 4, -8],
    'gauges as a scrape has them',
  )
  t.match(key?.gauges[3], { min: 1, max: 4, average: 2.5 })
})

t.test('a maximum is of the last full bucket, and a gauge the last value there was', async (t) => {
  const { groups, pass, update } = stand(NINE)
  const gauges = () => groups.scrape()[0]?.keys[0]?.gauges.map((gauge) => gauge?.value)
  pass(6, () => {
    update('k', 0, 1)
    update('k', 2, 5)
    update('k', 7, 6)
  })
  update('k', 2, 1)
  update('k', 7, 9)
  update('k', 0, 1)
  pass(1)
  t.match(gauges(), { 2: 1, 7: 6 }, 'within a bucket')
  pass(1)
  t.match(gauges(), { 2: 1, 7: 9 })
  pass(2, () => update('k', 0, 1))
  t.match(gauges(), { 2: 1, 7: Number.NaN }, 'a bucket without a sample')
})

t.test('lists: at most topN, of ties the smaller key, the bottom rising', async (t) => {
  const group = groupOf([meter(0, 'COUNTER', 3, 2), meter(1, 'COUNTER', 0)], { bucketSeconds: 10 })
  const { groups, pass, update } = stand(group)
  pass(10, () => {
    for (const [index, key] of ['e', 'd', 'c', 'b', 'a'].entries()) {
      update(key, 0, [1, 7, 7, 9, 2][index] ?? 0)
    }
    update('f', 1, 1)
  })
  const view = groups.lastBucket(GUID)
  const [listed, unlisted] = view?.meters ?? []
  t.same(
    list(view, 0)?.map(([key]) => key),
    ['b', 'c', 'd'],
  )
  t.same(
    list(view, 0, 'bottom')?.map(([key, value]) => [key, value]),
    [
      ['e', 10],
      ['a', 20],
    ],
  )
  t.same([listed?.total.value, listed?.other.value], [260, 30], 'other is all but the listed')
  t.match(unlisted, { total: { value: 10 }, other: { value: 10 }, top: [], bottom: [] })
})

t.test(
  'exact: counted on its own, or a candidate that nothing can have been missed of',
  async (t) => {
    const group = groupOf([meter(0, 'COUNTER', 2)], {
      bucketSeconds: 4,
      limits: { tracked: 4, maxSeries: 1 },
    })
    const { groups, pass, update } = stand(group)
    const both = () => {
      update('a', 0, 5)
      update('b', 0, 4)
    }
    pass(4, both)
    t.same(
      list(groups.lastBucket(GUID), 0),
      [
        ['a', 20, false],
        ['b', 16, true],
      ],
      'a began within',
    )
    pass(4, both)
    t.same(list(groups.lastBucket(GUID), 0), [
      ['a', 20, true],
      ['b', 16, true],
    ])
    let other = 0
    pass(4, () => {
      both()
      for (let key = 0; key < 5; key++) update(`flood ${other++}`, 0, 1)
      update('b', 0, 1)
    })
    t.same(list(groups.lastBucket(GUID), 0)?.[0], ['a', 20, true])
    t.equal(
      list(groups.lastBucket(GUID), 0)?.[1]?.[2],
      false,
      'b may have been forgotten for a while',
    )
  },
)

t.test(
  'buckets begin at whole multiples of their length; the first may be cut short',
  async (t) => {
    const { groups, pass, update } = stand(
      groupOf([meter(0, 'RATE_COUNTER', 1)], { bucketSeconds: 5 }),
      {
        offset: 3,
      },
    )
    const one = () => update('k', 0, 10)
    t.equal(groups.lastBucket(GUID), undefined)
    pass(2, one)
    t.match(groups.lastBucket(GUID), { start: new Date(EPOCH + 3000), seconds: 2, full: false })
    t.equal(
      groups.lastBucket(GUID)?.meters[0]?.total.value,
      4,
      'still a second of the whole length',
    )
    pass(4, one)
    t.match(groups.lastBucket(GUID), { seconds: 2 })
    t.match(groups.runningBucket(GUID), { start: new Date(EPOCH + 5000), seconds: 4, full: false })
    t.equal(groups.runningBucket(GUID)?.meters[0]?.total.sum, 40n)
    pass(1, one)
    t.match(groups.lastBucket(GUID), { start: new Date(EPOCH + 5000), seconds: 5, full: true })
    t.equal(groups.lastBucket(GUID)?.meters[0]?.total.value, 10)
  },
)

t.test('without a window all that was counted is one running bucket', async (t) => {
  const { groups, update } = stand(groupOf([meter(0, 'COUNTER', 1)]))
  update('a', 0, 5)
  update('b', 0, 7)
  const view = groups.runningBucket(GUID)
  t.same(list(view, 0), [['b', 7, true]])
  t.match(view?.meters[0], { total: { sum: 12n }, other: { sum: 5n } })
})

t.test(
  'a stretch of missing windows, or one within which counting began, leaves no full bucket',
  async (t) => {
    const window = (second: number, seconds = 1) => ({
      start: new Date(EPOCH + second * 1000),
      seconds,
    })
    const clock = createBucketClock(4, false)
    t.same(
      [0, 1, 2].map((second) => clock.add(window(second))),
      [undefined, undefined, undefined],
    )
    t.match(clock.add(window(7)), { start: EPOCH, counted: 4000, full: false })
    t.equal(clock.add(window(8)), undefined)
    t.match(clock.add(window(9, 3)), { counted: 4000, full: true })
    const late = createBucketClock(2, true)
    late.add(window(0))
    t.match(late.add(window(1)), { full: false })
    t.match(createBucketClock(1, false).add(window(0, 10)), { counted: 10_000, full: false })
  },
)
