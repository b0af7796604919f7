// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { GroupSpec } from '../../src/capture/group-table.ts'
import { createMemoryTable } from '../../src/groups/memory-table.ts'
import { textWords, wordsText } from '../../src/groups/text-words.ts'
import { loadCatalog } from '../../src/native/binding.ts'
import { together } from '../../src/top/frame.ts'
import { groupMeter } from '../../src/top/group-meter.ts'
import { sourceMeter } from '../../src/top/source-meter.ts'
import { sumOf, trafficBetween, without } from '../../src/top/traffic.ts'

const SPEC: GroupSpec = {
  layers: 0,
  filter: -1,
  fields: [],
  prefix4: 32,
  prefix6: 128,
  adds: ['frames', 'bytes'],
  extremes: [],
  uniques: [],
  uniqueBits: 12,
  rank: 0,
  slots: 4,
  tracked: 100,
  seed: 1n,
}

/** A table and a function that counts frames of 100 bytes in it. */
function counting(spec: GroupSpec = SPEC) {
  const table = createMemoryTable(spec)
  const count = (key: string, frames: number): void => {
    for (let frame = 0; frame < frames; frame++) {
      table.record(key, { sum: 1 }, { amount: 100n, weight: 0n, sample: 100 })
    }
  }
  return { table, count }
}

t.test('without an earlier count no rate is known', async (t) => {
  const now = { packets: 1_000_000n, bytes: 64_000_000n }
  t.same(trafficBetween(undefined, now, 1).packetsPerSecond, Number.NaN)
  t.same(trafficBetween(now, now, 0).bitsPerSecond, Number.NaN)
  const later = { packets: 1_000_500n, bytes: 64_050_000n }
  t.same(trafficBetween(now, later, 0.5), {
    packets: 1_000_500,
    bytes: 64_050_000,
    packetsPerSecond: 1000,
    bitsPerSecond: 800_000,
  })
})

t.test('the first rates of a busy interface are those since the view began', async (t) => {
  const catalog = loadCatalog()
  const [packets, bytes] = ['PKTS', 'BYTES'].map((name) => catalog.find(name)?.index ?? -1)
  const slots = new BigUint64Array(200)
  let now = 1000
  const add = (frames: bigint): void => {
    slots[packets ?? 0] = (slots[packets ?? 0] ?? 0n) + frames
    slots[bytes ?? 0] = (slots[bytes ?? 0] ?? 0n) + 100n * frames
  }
  const rest = { distinct: new Float64Array(), clocks: new BigUint64Array(), lost: 5n }
  add(9_000_000n)
  const source = {
    name: 'eth7',
    mode: 'tcx' as const,
    up: true,
    catalog,
    groups: [],
    look: () => ({ slots: slots.slice(), ...rest }),
  }
  const meter = sourceMeter(source, [], () => now)
  add(50n)
  now += 250
  t.same(meter.read(), {
    name: 'eth7',
    mode: 'tcx',
    lost: 0,
    groups: [],
    total: { packets: 50, bytes: 5000, packetsPerSecond: 200, bitsPerSecond: 160_000 },
  })
  now += 2000
  t.match(meter.read().total, { packets: 50, packetsPerSecond: 0, bitsPerSecond: 0 })
})

t.test('keys are summed up over intervals, with the rates of the last one', async (t) => {
  const { table, count } = counting()
  count('before', 7)
  const meter = groupMeter({}, table, 0)
  count('a', 10)
  count('b', 4)
  const rows = ({ keys }: ReturnType<typeof meter.read>) =>
    Object.fromEntries(
      keys.map((each) => [wordsText(each.key), [each.packets, each.packetsPerSecond]]),
    )
  const first = meter.read(500)
  t.same(rows(first), { a: [10, 20], b: [4, 8] })
  t.match(first.total, { packets: 14, bytes: 1400, packetsPerSecond: 28, bitsPerSecond: 22_400 })
  count('a', 5)
  const second = meter.read(1500)
  t.same(rows(second), { a: [15, 5], b: [4, 0] })
  t.match(second.total, { packets: 19, packetsPerSecond: 5 })
})

t.test('all keys of a closed group are there, in their order, even at 0', async (t) => {
  const closedKeys = ['tcp', 'udp', 'icmp'].map(textWords)
  const { table, count } = counting({ ...SPEC, slots: 3, tracked: 0 })
  count('tcp', 3)
  const meter = groupMeter({ closedKeys }, table, 0)
  count('udp', 6)
  count('sctp', 2)
  const { keys, total } = meter.read(2000)
  t.same(
    keys.map(({ key, packets, packetsPerSecond }) => [wordsText(key), packets, packetsPerSecond]),
    [
      ['tcp', 0, 0],
      ['udp', 6, 3],
      ['icmp', 0, 0],
    ],
  )
  t.match(without(total, keys), { packets: 2, bytes: 200, packetsPerSecond: 1 })
})

t.test('interfaces are added up key by key', async (t) => {
  const tally = (name: string, frames: Record<string, number>) => {
    const { table, count } = counting()
    const meter = groupMeter({}, table, 0)
    for (const [key, each] of Object.entries(frames)) count(key, each)
    const group = meter.read(1000)
    return { name, mode: 'tcx', lost: 1, total: group.total, groups: [group] }
  }
  const { groups, total, lost } = together([tally('x', { a: 3, b: 1 }), tally('y', { a: 2 })])
  t.equal(lost, 2)
  t.match(total, { packets: 6, packetsPerSecond: 6 })
  t.same(
    Object.fromEntries((groups[0]?.keys ?? []).map((each) => [wordsText(each.key), each.packets])),
    { a: 5, b: 1 },
  )
  t.match(groups[0]?.total, { packets: 6 })
})

t.test('what rounding leaves over is nothing, and never less than nothing', async (t) => {
  const one = { packets: 10, bytes: 10, packetsPerSecond: 0.1 + 0.2, bitsPerSecond: 3 }
  const two = { packets: 11, bytes: 10, packetsPerSecond: 0.3, bitsPerSecond: 1 }
  t.same(without(one, [two]), { packets: 0, bytes: 0, packetsPerSecond: 0, bitsPerSecond: 2 })
  t.same(sumOf([]), { packets: 0, bytes: 0, packetsPerSecond: 0, bitsPerSecond: 0 })
})
