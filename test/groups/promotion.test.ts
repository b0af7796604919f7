// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { createPromotion } from '../../src/groups/promotion.ts'
import { textWords } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { groupOf, meter, stand } from './stand.ts'

const TWO = groupOf([meter(0, 'COUNTER', 1)], { limits: { maxSeries: 2 } })

t.test(
  'a series is shown for the hold, counts, lingers, is frozen for the hold, and goes',
  async (t) => {
    const { shown, pass, update } = stand(TWO)
    const only = (key: string, each: number) => () => update(key, 0, each)
    pass(1, only('a', 5))
    t.same(shown(), { a: ['promoting', 0] }, 'after the first full window, in the first bucket')
    pass(2, only('a', 5))
    t.same(shown(), { a: ['promoting', 0] }, 'shown, not counting')
    pass(1, only('a', 5))
    t.same(shown(), { a: ['promoted', 0] }, 'what came before stays in other')
    pass(2, only('a', 5))
    t.same(shown(), { a: ['promoted', 10] })
    pass(2, only('b', 9))
    t.same(shown(), { a: ['promoted', 10], b: ['promoting', 0] }, 'one bucket without it')
    update('a', 0, 1)
    pass(2, only('b', 9))
    t.same(shown(), { a: ['draining', 11], b: ['promoting', 0] }, 'two')
    update('a', 0, 1)
    pass(2, only('b', 9))
    t.same(
      shown(),
      { a: ['draining', 11], b: ['promoted', 9] },
      'frozen: the last one went to other',
    )
    pass(1, only('b', 9))
    t.same(shown(), { b: ['promoted', 18] }, 'gone after the hold')
  },
)

t.test(
  'a key that returns while it drains goes on at once; later, from what is kept',
  async (t) => {
    const { shown, pass, update } = stand(TWO)
    const only = (key: string) => () => update(key, 0, 5)
    pass(6, only('a'))
    pass(4, only('b'))
    t.same(shown()['a'], ['draining', 10])
    pass(2, () => update('a', 0, 50))
    t.same(shown()['a'], ['promoted', 10], 'the bucket of its return went to other')
    pass(1, only('a'))
    t.same(shown()['a'], ['promoted', 15])
    pass(9, only('b'))
    t.notOk(shown()['a'], 'dropped')
    pass(4, only('a'))
    t.same(shown()['a'], ['promoting', 15], 'its kept value')
    pass(4, only('a'))
    t.equal(shown()['a']?.[0], 'promoted')
    t.ok((shown()['a']?.[1] ?? 0) > 15)
  },
)

t.test('at the cap promotion waits for a series to end', async (t) => {
  const { groups, shown, pass, update } = stand(TWO)
  pass(4, () => update('a', 0, 5))
  pass(2, () => update('b', 0, 6))
  pass(2, () => update('c', 0, 7))
  t.same(Object.keys(shown()), ['a', 'b'])
  t.equal(groups.health()[0]?.waiting, 1)
  pass(3, () => update('c', 0, 7))
  t.same(Object.keys(shown()), ['b', 'c'], 'as soon as a has gone, not at the end of a bucket')
  t.match(groups.health()[0], { exposed: 2, waiting: 0, demotions: 1, newKeys: 3, promotions: 2 })
})

t.test('a slot rests until the next look but one before it counts another key', async (t) => {
  const { counted, table } = createUpdateGroup(TWO)
  const limits = { maxSeries: 1, hold: 0, linger: 1, remembered: 10 }
  const promotion = createPromotion(table, counted.spec.adds.length, limits)
  const nominee = (text: string) => ({ id: text, key: textWords(text) })
  const phases = () => [...promotion.series()].map(({ id, phase }) => `${id} ${phase}`)
  promotion.nominate([nominee('a')], 0)
  promotion.tick(0, promotion.look())
  promotion.settle([nominee('b')], 1)
  t.same(phases(), ['a draining'])
  promotion.tick(2, promotion.look())
  t.same(phases(), ['a draining'], 'a count may still be under way')
  promotion.tick(3, promotion.look())
  t.same(phases(), ['b promoting'])
})

t.test('a closed group has all its keys from the start, for good', async (t) => {
  const closed = ['x', 'y', 'z']
  const { groups, shown, pass, update } = stand(
    groupOf([meter(0, 'COUNTER', 1)], { closed, limits: { maxSeries: 1 } }),
  )
  t.same(shown(), { x: ['promoted', 0], y: ['promoted', 0], z: ['promoted', 0] })
  update('y', 0, 4)
  update('none of them', 0, 3)
  t.same(shown()['y'], ['promoted', 4], 'without a hold')
  pass(20, () => update('x', 0, 1))
  t.same(shown(), { x: ['promoted', 20], y: ['promoted', 4], z: ['promoted', 0] })
  const [scrape] = groups.scrape()
  t.same([scrape?.other[1], scrape?.total[1]], [3n, 27n])
})

t.test('a key that only one meter has at its top is promoted for all of them', async (t) => {
  const meters = [meter(0, 'COUNTER', 1), meter(1, 'COUNTER', 1), meter(2, 'COUNTER', 0)]
  const { shown, pass, update } = stand(groupOf(meters))
  pass(2, () => {
    update('often', 0, 10)
    update('often', 1, 1)
    update('heavy', 0, 1)
    update('heavy', 1, 99)
    update('unlisted', 2, 1000)
  })
  t.same(Object.keys(shown()), ['often', 'heavy'])
})
