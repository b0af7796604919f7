// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { GroupTable } from '../../src/capture/group-table.ts'
import { type GroupScrape, openGroups } from '../../src/groups/runtime.ts'
import { wordsText } from '../../src/groups/text-words.ts'
import { createUpdateGroup } from '../../src/groups/update-group.ts'
import { numbers } from '../support/bytes.ts'
import { zipf } from '../support/zipf.ts'
import { EPOCH, GUID, groupOf, meter } from './stand.ts'

const SEEDS = [11, 12, 13, 14, 15, 16, 17, 18]
const METERS = [meter(0, 'COUNTER', 3), meter(1, 'RATE_COUNTER', 2, 2)]

/** Makes a slot go on counting a key a little after it was demoted, as another CPU would. */
function lateTable(table: GroupTable, record: (step: () => void) => void): GroupTable {
  let pending: { slot: number; looks: number; steps: number }[] = []
  const settle = (done: (each: (typeof pending)[number]) => boolean): void => {
    for (const each of pending.filter(done)) table.demote(each.slot)
    pending = pending.filter((each) => !done(each))
  }
  record(() => {
    for (const each of pending) each.steps++
    settle(({ steps }) => steps > 2)
  })
  return {
    ...table,
    demote: (slot) => void pending.push({ slot, looks: 0, steps: 0 }),
    promote(slot, key) {
      pending = pending.filter((each) => each.slot !== slot)
      table.promote(slot, key)
    },
    look() {
      const rows = table.look()
      for (const each of pending) each.looks++
      settle(({ looks }) => looks > 1)
      return rows
    },
  }
}

/** Adds up what a Prometheus sees of a group that it scrapes now and then. */
function scraper() {
  let first: GroupScrape | undefined
  let before: GroupScrape | undefined
  const last = new Map<string, readonly bigint[]>()
  let risen: bigint[] = []
  let resets = 0
  return {
    resets: () => resets,
    take(scrape: GroupScrape): { seen: bigint[]; total: bigint[]; fell: boolean } {
      first ??= scrape
      before ??= scrape
      risen = scrape.other.map((other, cell) => {
        let sum = (risen[cell] ?? 0n) + other - (before?.other[cell] ?? 0n)
        for (const { key, sums } of scrape.keys) {
          const now = sums[cell] ?? 0n
          const known = last.get(wordsText(key))?.[cell] ?? (scrape === first ? now : 0n)
          if (now < known) resets++
          sum += now < known ? now : now - known
        }
        return sum
      })
      for (const { key, sums } of scrape.keys) last.set(wordsText(key), sums)
      const fell = scrape.total.some((total, cell) => total < (before?.total[cell] ?? 0n))
      before = scrape
      const total = scrape.total.map((each, cell) => each - (first?.total[cell] ?? 0n))
      return { seen: risen, total, fell }
    },
  }
}

/** Runs random traffic through a group and has two scrapers and an observer look for a broken rule; gives what broke. */
function run(seed: number, tracked: number) {
  const random = numbers(seed)
  const pick = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const hold = pick(2, 6)
  const limits = { tracked, maxSeries: pick(5, 8), hold, linger: pick(1, 3) }
  const group = groupOf(METERS, { bucketSeconds: pick(1, 4), limits })
  const made = createUpdateGroup(group)
  let step = (): void => undefined
  const table = lateTable(made.table, (next) => {
    step = next
  })
  let now = 0
  const groups = openGroups({
    source: 'test0',
    groups: [made.counted],
    open: () => table,
    now: () => now,
  })
  const broken = new Set<string>()
  const must = (fact: boolean, rule: string): void => {
    if (!fact) broken.add(rule)
  }
  const draw = zipf(40, 1.1, seed)
  const truth = [0n, 0n, 0n]
  let bucket = new Map<string, [number, number]>()
  const scrapers = [pick(1, hold), pick(1, hold)].map((interval) => ({ interval, ...scraper() }))
  const started = new Map<string, { phase: string; at: number; shown: number }>()
  const values = new Map<string, readonly bigint[]>()
  let shift = 0
  let ended = 0
  const seen = { promotions: 0, returns: 0, drops: 0, waits: 0 }

  function look(): GroupScrape {
    const [scrape] = groups.scrape()
    if (!scrape) throw new Error('no group')
    const sum = scrape.keys.reduce((sum, { sums }) => sum + (sums[0] ?? 0n), scrape.other[0] ?? 0n)
    must(scrape.keys.length <= limits.maxSeries, 'the cap')
    must(`${scrape.total}` === `${truth}`, 'the total is the truth')
    must(sum <= (scrape.total[0] ?? 0n), 'shown series and other are part of the total')
    return scrape
  }
  function observe(): void {
    const scrape = look()
    const gone = new Set(started.keys())
    for (const { key, phase, sums } of scrape.keys) {
      const id = wordsText(key)
      gone.delete(id)
      const known = started.get(id)
      const was = values.get(id)
      if (!known && was && tracked > 40) must(`${was}` === `${sums}`, 'a return goes on')
      if (!known && was) seen.returns++
      if (known && phase !== known.phase && phase === 'promoted' && known.phase === 'promoting') {
        must(now - known.shown >= hold * 1000, 'shown for the hold before it counts')
        seen.promotions++
      }
      if (phase === 'promoting') must(!known || `${was}` === `${sums}`, 'no count while promoting')
      if (known?.phase !== phase) started.set(id, { phase, at: now, shown: known?.shown ?? now })
      values.set(id, sums)
    }
    for (const id of gone) {
      const known = started.get(id)
      must(known?.phase === 'draining', 'only drained series go')
      must(now - (known?.at ?? now) >= hold * 1000, 'frozen for the hold before it goes')
      started.delete(id)
      seen.drops++
    }
    seen.waits += groups.health()[0]?.waiting ?? 0
  }
  function compare(): void {
    const view = groups.lastBucket(GUID)
    if (!view || view.start.getTime() === ended) return
    ended = view.start.getTime()
    for (const [id, row] of view.meters.entries()) {
      const exact = [...bucket.values()].reduce((sum, each) => sum + (each[id] ?? 0), 0)
      must(row.total.sum === BigInt(exact), 'the bucket has the total')
      for (const { key, sum, exact } of [...row.top, ...row.bottom]) {
        const right = sum === BigInt(bucket.get(wordsText(key))?.[id] ?? 0)
        must(
          right || (!exact && tracked < 40),
          `the bucket has the keys ${id} ${now} ${wordsText(key)} ${sum} ${bucket.get(wordsText(key))} ${exact}`,
        )
      }
    }
    bucket = new Map()
  }

  for (let second = 0; second < 300; second++) {
    if (random() < 0.1) shift = pick(0, 39)
    const spare = random() < 0.1 ? 0 : pick(0, 60)
    for (let packet = 0; packet < spare; packet++) {
      const key = `k${(draw() + shift) % 40}`
      const size = pick(60, 1500)
      made.update(key, 0, 1)
      step()
      made.update(key, 1, size)
      truth[0] = (truth[0] ?? 0n) + 2n
      truth[1] = (truth[1] ?? 0n) + 1n
      truth[2] = (truth[2] ?? 0n) + BigInt(size)
      const [count, bytes] = bucket.get(key) ?? [0, 0]
      bucket.set(key, [count + 1, bytes + size])
    }
    for (let update = 0; update < 3; update++) step()
    now += 500
    for (const { interval, take } of scrapers) {
      if (second % interval !== 0) continue
      const { seen, total, fell } = take(look())
      must(`${seen}` === `${total}`, 'every increment is seen once')
      must(!fell, 'the total never falls')
    }
    now += 500
    groups.advance({ start: new Date(EPOCH + second * 1000), seconds: 1, period: 1 })
    observe()
    compare()
  }
  const resets = scrapers.reduce((sum, each) => sum + each.resets(), 0)
  if (tracked > 40) must(resets === 0, 'no series falls')
  groups.close()
  return { broken: [...broken], seen, resets }
}

t.test('series and other are the total at every scrape, whoever scrapes', async (t) => {
  const all = { promotions: 0, returns: 0, drops: 0, waits: 0 }
  for (const seed of SEEDS) {
    const { broken, seen } = run(seed, 100)
    t.same(broken, [], `seed ${seed}`)
    for (const name of ['promotions', 'returns', 'drops', 'waits'] as const) all[name] += seen[name]
  }
  t.comment(JSON.stringify(all))
  for (const [name, count] of Object.entries(all)) t.ok(count > 20, `${name}: ${count}`)
})

t.test('a key that is no longer remembered begins at 0, and nothing is seen twice', async (t) => {
  let resets = 0
  for (const seed of SEEDS) {
    const result = run(seed, 3)
    t.same(result.broken, [], `seed ${seed}`)
    resets += result.resets
  }
  t.ok(resets > 0, `${resets} resets`)
})
