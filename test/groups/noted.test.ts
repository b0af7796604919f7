// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { openGroups } from '../../src/groups/runtime.ts'
import { wordsText } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { heldNotes } from '../support/held-notes.ts'
import { EPOCH, groupOf, meter } from './stand.ts'

/* a table that outlives whoever follows it */
function lasting() {
  const group = groupOf([meter(0, 'COUNTER'), meter(1, 'DELTA_RATE_COUNTER')])
  const { counted, table, update } = createUpdateGroup(group)
  const { reopened } = heldNotes()
  let now = 0
  const begin = () => {
    const notes = reopened()
    const groups = openGroups({
      source: 'test0',
      groups: [counted],
      open: () => ({ ...table, notes }),
      now: () => now * 1000,
    })
    return {
      pass(seconds: number) {
        for (let second = 0; second < seconds; second++, now++) {
          groups.advance({ start: new Date(EPOCH + now * 1000), seconds: 1, period: 1 })
        }
      },
      scrape() {
        const [scrape] = groups.scrape()
        if (!scrape) throw new Error('no group')
        const keys = new Map(scrape.keys.map(({ key, ...rest }) => [wordsText(key), rest]))
        return { ...scrape, keys, health: groups.health()[0] }
      },
    }
  }
  const away = (seconds: number): void => {
    now += seconds
  }
  return { begin, update, away }
}

t.test('another process goes on with series, at every step of their lives', async (t) => {
  const { begin, update, away } = lasting()
  let process = begin()
  const seen = new Map<string, bigint>()
  const total = { before: 0n }
  const look = (when: string): void => {
    const { keys, other, total: all } = process.scrape()
    for (const [key, { sums }] of keys) {
      const sum = sums[1] ?? 0n
      if (sum < (seen.get(key) ?? 0n)) t.fail(`${when}: ${key} fell to ${sum}`)
      seen.set(key, sum)
    }
    const ever = all[1] ?? 0n
    t.ok(ever >= total.before, `${when}: ${ever} in all`)
    total.before = ever
    t.equal(
      [...seen.values()].reduce((sum, each) => sum + each, other[1] ?? 0n),
      ever,
      when,
    )
  }
  for (let second = 0; second < 90; second++) {
    /* keys come into the top, leave it and return */
    for (let i = 0; i < 12; i++) update(`k${(Math.floor(second / 12) + i) % 16}`, 0, 100 - 8 * i)
    process.pass(1)
    look(`second ${second}`)
    /* series wait for their time only while they can be scraped */
    if (second % 3 < 2) continue
    const { promotions = 0, demotions = 0 } = process.scrape().health ?? {}
    process = begin()
    look(`second ${second}, the next process`)
    t.match(process.scrape().health, { promotions, demotions })
    update('k3', 0, 7)
    away(second % 2)
  }
  const { promotions = 0, demotions = 0 } = process.scrape().health ?? {}
  t.ok(promotions > 6, `${promotions} keys got series`)
  t.ok(demotions > 0, `${demotions} series ended`)
})

t.test('time in which nobody could scrape does not count', async (t) => {
  const { begin, update, away } = lasting()
  const first = begin()
  update('a', 0, 1)
  first.pass(2)
  t.equal(first.scrape().keys.get('a')?.phase, 'promoting')
  away(100)
  const second = begin()
  away(100)
  second.pass(1)
  t.equal(second.scrape().keys.get('a')?.phase, 'promoting', 'the hold of 3 s goes on')
  for (let i = 0; i < 4; i++) {
    update('a', 0, 1)
    second.pass(1)
  }
  t.equal(second.scrape().keys.get('a')?.phase, 'promoted')
})
