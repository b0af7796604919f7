// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { wantedInterfaces } from '../../src/capture/choose.ts'
import { memoryShares } from '../../src/capture/memory-shares.ts'
import { sharers } from '../../src/commands/run-watch.ts'
import { rationed } from '../../src/commands/source-log.ts'
import { loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from '../capture/group-spec.ts'

t.test('names, patterns, exclusions and the default route', async (t) => {
  const wanted = wantedInterfaces(['eth*', 'wg0', '!eth9', 'default-route', '!wg0'])
  t.match(wanted, { names: [], routed: true, open: true })
  t.same(
    ['eth0', 'eth9', 'wg0', 'lo'].map((name) => wanted.matches(name)),
    [true, false, false, false],
  )
  const others = wantedInterfaces(['!lo'])
  t.same([others.open, others.matches('eth0'), others.matches('lo')], [true, true, false])
  t.match(wantedInterfaces(['eth0', 'eth0']), {
    names: ['eth0'],
    routed: false,
    open: false,
  })
})

t.test('false alarms are divided in steps, never among fewer than at the start', async (t) => {
  const follow = (least: number, ...numbers: readonly number[]) => {
    let before = least
    return numbers.map((now) => {
      before = sharers(now, { before, least })
      return before
    })
  }
  t.same(follow(3, 3, 4, 5, 8, 9, 8, 7, 5, 3, 0), [3, 4, 8, 8, 16, 16, 8, 8, 4, 3])
  t.same(follow(1, 0, 1, 2, 1), [1, 1, 2, 2])
})

const addon = loadAddon()
const spec = groupSpec(['ip.src'])
const MEBIBYTE = 2 ** 20

t.test('without patterns all have the same', async (t) => {
  const shares = memoryShares(addon, { total: 32 * MEBIBYTE, cpus: 2, open: false, directions: 1 })
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    t.equal(shares.next(4 - at, []), 8 * MEBIBYTE)
    shares.take(name, { bytes: 1, groupBudget: 1 } as never)
  }
})

t.test('with patterns something is left for the next, until nothing is', async (t) => {
  const total = 32 * MEBIBYTE
  const shares = memoryShares(addon, { total, cpus: 128, open: true, directions: 1 })
  let taken = 0
  for (let at = 0; at < 100; at++) {
    const budget = shares.next(1, [spec])
    t.ok(budget <= (total - taken) / 2, `${budget} of ${total - taken}`)
    taken += budget
    shares.take(`h${at}`, { bytes: budget, groupBudget: 0 } as never)
  }
  t.ok(taken <= total)
  for (let at = 0; at < 100; at++) shares.release(`h${at}`)
  t.equal(shares.next(1, [spec]), total / 2)
})

t.test('none takes more than it can use', async (t) => {
  const shares = memoryShares(addon, { total: 4096 * MEBIBYTE, cpus: 2, open: true, directions: 1 })
  t.equal(shares.next(1, []), 2 * addon.sizes(addon.sizes(0).bitsMax).tableBytes)
})

t.test('lines beyond ten a second are counted only', async (t) => {
  const lines: string[] = []
  const write = (_: object, line: string) => void lines.push(line)
  let now = 0
  const log = rationed({ info: write, warn: write }, () => now)
  for (let i = 0; i < 25; i++) log.info({}, `line ${i}`)
  t.same(lines.length, 10)
  now = 1000
  log.warn({}, 'later')
  log.warn({}, 'last')
  t.same(lines.slice(10), ['later (15 lines were left out before)', 'last'])
})
