// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import type { GroupTable } from '../../src/capture/group-table.ts'
import type { Source } from '../../src/capture/source.ts'
import { loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { all } from '../fixtures/fixtures.ts'
import { dissect } from '../support/dissect.ts'
import { slot } from './feeding.ts'
import type { SourceCase } from './subject.ts'

const SLOTS = 16

/** What the fixture has of one source address. */
interface Expected {
  readonly key: readonly bigint[]
  frames: bigint
  bytes: bigint
  shortest: number
  longest: number
  readonly destinations: Set<string>
}

/** The fixture's source addresses, the one with most frames first, of ties the smaller one. */
function expectedSources(): Expected[] {
  const keys = new Map<string, Expected>()
  for (const { data } of all()) {
    const { ip } = dissect(data)
    if (!ip) continue
    const whole = BigInt(`0x${ip.source.length === 8 ? `ffff${ip.source}` : ip.source}`)
    const expected = keys.get(ip.source) ?? {
      key: [whole >> 64n, whole & (2n ** 64n - 1n)],
      ...{ frames: 0n, bytes: 0n, shortest: Number.POSITIVE_INFINITY, longest: 0 },
      destinations: new Set(),
    }
    expected.frames += 1n
    expected.bytes += BigInt(data.length)
    expected.shortest = Math.min(expected.shortest, data.length)
    expected.longest = Math.max(expected.longest, data.length)
    expected.destinations.add(ip.destination)
    keys.set(ip.source, expected)
  }
  const number = ({ key: [high = 0n, low = 0n] }: Expected): bigint => (high << 64n) | low
  return [...keys.values()].sort((a, b) =>
    a.frames === b.frames ? (number(a) < number(b) ? -1 : 1) : Number(b.frames - a.frames),
  )
}

/** Has a source count the whole fixture once more. */
async function pass(source: Source, feed: () => Promise<void>): Promise<void> {
  if (source.mode === 'pcap-file') {
    for await (const _ of source.windows(3600, new AbortController().signal));
    return
  }
  const counted = (): number => Number(slot(source, source.look(), 'PKTS'))
  const expected = counted() + all().length
  await feed()
  for (const end = Date.now() + 3000; counted() < expected && Date.now() < end; ) await sleep(10)
}

/** Rows of a table with cells for frames and bytes. */
function rows(table: GroupTable): (readonly [frames: bigint, bytes: bigint])[] {
  const cells = table.look()
  return Array.from({ length: cells.length / 2 }, (_, row) => [
    cells[2 * row] ?? 0n,
    cells[2 * row + 1] ?? 0n,
  ])
}

/** What every source promises of groups. */
export async function groupsContract(t: Test, subject: SourceCase): Promise<void> {
  const expected = expectedSources()
  const all: readonly [bigint, bigint] = [
    expected.reduce((sum, { frames }) => sum + frames, 0n),
    expected.reduce((sum, { bytes }) => sum + bytes, 0n),
  ]
  await t.test(`${subject.name}: finds the heaviest keys`, async (t) => {
    const { source, feed } = await subject.open(t)
    await using _ = source
    const table = source.openGroup(groupSpec(['ip.src']))
    await pass(source, feed)
    const truth = expected.map(({ key, frames, bytes }) => ({ key, adds: [frames, bytes] }))
    const found = table.candidates(5, 0)
    t.same(
      found.map(({ key, adds }) => ({ key, adds })),
      truth.slice(0, 5),
    )
    t.ok(
      found.every(({ error }) => error === 0n),
      'exactly, while all keys fit',
    )
    t.equal(table.candidates(4096, 0).length, truth.length)
    t.same(rows(table)[0], all, 'all is in other as long as no key is promoted')
    table.clear()
    t.same(table.candidates(5, 0), [])
  })
  await t.test(`${subject.name}: counts promoted keys exactly, the rest as other`, (t) =>
    promotes(t, subject, expected, all),
  )
  await t.test(`${subject.name}: counts ${SLOTS} groups and no more`, async (t) => {
    const { source } = await subject.open(t)
    const tables = Array.from({ length: SLOTS }, () => source.openGroup(groupSpec(['ip.src'])))
    t.throws(() => source.openGroup(groupSpec(['ip.src'])), { code: 'GROUP_LIMIT' })
    tables[7]?.close()
    t.throws(() => tables[7]?.look(), 'a closed table is not read')
    t.same(source.openGroup(groupSpec(['ip.src'])).look()[0], 0n, 'a new one begins at nothing')
    await source[Symbol.asyncDispose]()
    t.doesNotThrow(() => {
      for (const table of tables) table.close()
    }, 'closing after the source does nothing')
  })
}

async function promotes(
  t: Test,
  subject: SourceCase,
  expected: readonly Expected[],
  all: readonly [bigint, bigint],
): Promise<void> {
  const { source, feed } = await subject.open(t)
  await using _ = source
  const destination = loadAddon()
    .keyFields()
    .find(({ name }) => name === 'ip.dst')
  const table = source.openGroup(
    groupSpec(['ip.src'], {
      extremes: [
        { value: 'bytes', keep: 'min' },
        { value: 'bytes', keep: 'max' },
      ],
      uniques: [destination?.index ?? 0],
    }),
  )
  /* in rows 5, 2 and 1 */
  const chosen = [4, 1, 0].map((slot, at) => ({ slot, ...(expected[at] as Expected) }))
  const none: readonly [bigint, bigint] = [0n, 0n]
  const truth = (times: (slot: number) => bigint, passes: bigint) => {
    const own = Array.from({ length: table.spec.slots }, (_, slot) => {
      const key = chosen.find((each) => each.slot === slot)
      return key ? ([key.frames * times(slot), key.bytes * times(slot)] as const) : none
    })
    const other = [0, 1].map((cell) =>
      own.reduce((rest, row) => rest - (row[cell] ?? 0n), (all[cell] ?? 0n) * passes),
    )
    return [other, ...own]
  }
  for (const { slot, key } of chosen) table.promote(slot, key)
  await pass(source, feed)
  t.same(
    rows(table),
    truth(() => 1n, 1n),
    'other and slots are the total',
  )
  const { extremes, uniques } = table.cut()
  for (const { slot, shortest, longest, destinations } of chosen) {
    t.same([...extremes.subarray(2 * slot, 2 * slot + 2)], [shortest, longest], 'extremes')
    const seen = uniques[slot] ?? 0
    t.ok(Math.abs(seen / destinations.size - 1) < 0.05, `${destinations.size} addresses: ${seen}`)
  }
  t.ok(Number.isNaN(extremes[6]), 'no packet, no extreme')
  if (!subject.live) return
  table.demote(4)
  await pass(source, feed)
  t.same(
    rows(table),
    truth((slot) => (slot === 4 ? 1n : 2n), 2n),
    'a demoted key goes to other',
  )
  for (const { slot, key } of chosen) if (slot === 4) table.promote(slot, key)
  table.demote(1)
  await pass(source, feed)
  t.same(
    rows(table),
    truth((slot) => (slot === 0 ? 3n : 2n), 3n),
    'and on from where it was when it returns',
  )
  t.ok(Number.isNaN(table.cut().extremes[6]))
}
