// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { textWords, wordsText } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { GUID, groupOf, meter, stand } from './stand.ts'

t.test('a text survives as the words of a key, and other texts have other words', async (t) => {
  const texts = ['', 'a', 'a\0', '12345678', '123456789', 'Größe', '10.0.0.1/24', '\0'.repeat(8)]
  for (const text of texts) t.equal(wordsText(textWords(text)), text)
  t.equal(new Set(texts.map((text) => textWords(text).join())).size, texts.length)
})

t.test('values that a meter cannot take are refused by name', async (t) => {
  const vartypes = [
    'COUNTER',
    'DELTA_RATE_COUNTER',
    'AVERAGE',
    'GAUGE',
    'GAUGE_MIN_MAX_AVG',
  ] as const
  const { update } = createUpdateGroup(groupOf(vartypes.map((each, id) => meter(id, each))))
  for (const value of [-1, -1n, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => update('k', 0, value), {
      name: 'RangeError',
      message:
        /^group tested, meter M0: got .+; expected a (whole number from 0 on|finite number)$/,
    })
  }
  t.throws(() => update('k', 1, 1.5), RangeError)
  t.throws(() => update('k', 2, -2), RangeError)
  t.throws(() => update('k', 3, Number.NaN), RangeError)
  t.throws(() => update('k', 4, -2), RangeError)
  t.throws(() => update('k', 5, 1), { message: 'group tested: it has no meter 5' })
  update('k', 0, 2n ** 63n)
  update('k', 3, -0.5)
})

t.test('counts beyond 2^53 stay exact', async (t) => {
  const { groups, update } = stand(groupOf([meter(0, 'COUNTER', 1)]))
  update('k', 0, 2n ** 60n)
  update('k', 0, 1)
  t.equal(groups.scrape()[0]?.total[1], 2n ** 60n + 1n)
  t.equal(groups.runningBucket(GUID)?.meters[0]?.top[0]?.sum, 2n ** 60n + 1n)
})

t.test(
  'memory is bounded: what is not tracked goes to other, what is often seen stays',
  async (t) => {
    const group = groupOf([meter(0, 'COUNTER', 2), meter(1, 'RUNNING_COUNTER', 0)], {
      limits: { tracked: 20, maxSeries: 2, hold: 1 },
    })
    const { groups, table, shown, update, pass } = stand(group)
    let flood = 0
    pass(19, () => {
      for (let packet = 0; packet < 200; packet++) {
        update(`spoofed ${flood++}`, 0, 1)
        update(`spoofed ${flood}`, 1, 1)
        if (packet % 4 === 0) update('often', 0, 1)
      }
    })
    t.equal(shown()['often']?.[0], 'promoted')
    t.match(groups.health()[0], { tracked: 20, room: 20, error: 0n })
    t.ok((groups.health()[0]?.evictions ?? 0n) > 3000n)
    t.ok(table.fill().bytes < 10_000)
    const [scrape] = groups.scrape()
    const series = scrape?.keys.reduce((sum, { sums }) => sum + (sums[1] ?? 0n), 0n) ?? 0n
    t.equal(series + (scrape?.other[1] ?? 0n), 19n * 250n, 'no series has ended')
  },
)

t.test('a group that only has gauges shows the keys that are updated most', async (t) => {
  const { groups, shown, update, pass } = stand(groupOf([meter(0, 'GAUGE', 1)]))
  pass(6, () => {
    for (const value of [5, 6, 7]) update('busy', 0, value)
    update('high', 0, 1000)
  })
  t.same(Object.keys(shown()), ['busy'])
  t.equal(groups.scrape()[0]?.keys[0]?.gauges[0]?.value, 7)
})
