// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t, { type Test } from 'tap'
import type { GroupSpec, GroupTable } from '../../src/capture/group-table.ts'
import { groupOpener } from '../../src/capture/open-group.ts'
import { type Handle, loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { numbers } from '../support/bytes.ts'
import { superPacket } from '../support/frames-segment.ts'
import * as p from '../support/packets.ts'

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const addon = loadAddon()

interface Frames {
  readonly handle: Handle
  open(spec: GroupSpec): GroupTable
  count(frame: Uint8Array, table?: number, segmentBytes?: number): void
}

function frames(t: Test, tables = 1): Frames {
  const handle = addon.openFrames(tables, 14, 1n)
  t.teardown(() => addon.close(handle))
  return {
    handle,
    open: groupOpener('frames', addon, handle),
    count: (frame, table = 0, segmentBytes = 0) =>
      addon.countFrame(handle, table, frame, frame.length, 0, segmentBytes),
  }
}

/** The only key that a frame is counted under; undefined when it is not counted. */
function keyOf(t: Test, frame: Uint8Array, fields: readonly string[], more = {}) {
  const { open, count } = frames(t)
  const table = open(groupSpec(fields, more))
  count(frame)
  return table.candidates(2, 0)[0]?.key
}

const field = (name: string): number =>
  addon.keyFields().find((each) => each.name === name)?.index ?? -1

const four = { source: '10.1.2.3', destination: '198.51.100.7', ttl: 63 }
const six = { source: '2001:db8:1:2::3', destination: '2001:db8::9', hopLimit: 9 }
const tcp4 = p.ethernet(
  p.TYPE.ipv4,
  p.ipv4(p.PROTOCOL.tcp, p.tcp(40_000, 443, p.FLAG.ack | p.FLAG.psh, new Uint8Array(10)), four),
)
const udp6 = p.ethernet(p.TYPE.ipv6, p.ipv6(p.PROTOCOL.udp, p.udp(53, 5000), six), {
  tags: [
    [0x88a8, 0x6123],
    [0x8100, 7],
  ],
})
const ping = p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.icmp, p.icmp(3, 13), four))
const arp = p.ethernet(p.TYPE.arp, p.arp(1, '10.0.0.1', '10.0.0.2'))
const handshake = (flags: number, source: number, destination: number): Uint8Array =>
  p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(source, destination, flags), four))

/** Field, frame and the key's words; no words: the frame does not have the field. */
const VALUES: readonly (readonly [string, string, Uint8Array, readonly bigint[] | undefined])[] = [
  ['eth.src', 'a MAC address', tcp4, [0x020000000001n]],
  ['eth.dst', 'a MAC address', tcp4, [0x020000000002n]],
  ['eth.type', 'IPv4', tcp4, [0x0800n]],
  ['eth.type', 'behind tags', udp6, [0x86ddn]],
  ['eth.type', 'ARP', arp, [0x0806n]],
  ['eth.type', 'a cut tag', udp6.subarray(0, 16), undefined],
  ['vlan.id', 'the outermost of two tags, without its priority', udp6, [0x123n]],
  ['vlan.id', 'no tag', tcp4, undefined],
  ['ip.src', 'IPv4 in its mapped form', tcp4, [0n, 0xffff0a010203n]],
  ['ip.src', 'IPv6', udp6, [0x20010db800010002n, 3n]],
  ['ip.src', 'no IP', arp, undefined],
  ['ip.dst', 'IPv4', tcp4, [0n, 0xffffc6336407n]],
  ['ip.dst', 'IPv6', udp6, [0x20010db800000000n, 9n]],
  ['ip.version', 'IPv4', tcp4, [4n]],
  ['ip.version', 'IPv6', udp6, [6n]],
  ['ip.version', 'no IP', arp, [0n]],
  ['ip.version', 'a frame cut within its link header', tcp4.subarray(0, 10), [0n]],
  ['ip.proto', 'TCP', tcp4, [6n]],
  ['ip.proto', 'no IP', arp, undefined],
  ['ip.ttl', 'time to live', tcp4, [63n]],
  ['ip.ttl', 'hop limit', udp6, [9n]],
  ['l4.src_port', 'TCP', tcp4, [40_000n]],
  ['l4.src_port', 'UDP', udp6, [53n]],
  ['l4.src_port', 'ICMP', ping, undefined],
  ['l4.src_port', 'cut ports', tcp4.subarray(0, 36), undefined],
  ['l4.dst_port', 'TCP', tcp4, [443n]],
  ['l4.server_port', 'the lower port', tcp4, [443n]],
  ['l4.server_port', 'the lower port of UDP', udp6, [53n]],
  ['l4.server_port', 'where a SYN goes', handshake(p.FLAG.syn, 1000, 9000), [9000n]],
  [
    'l4.server_port',
    'where its answer comes from',
    handshake(p.FLAG.syn | p.FLAG.ack, 9000, 1000),
    [9000n],
  ],
  ['tcp.flags', 'PSH and ACK', tcp4, [24n]],
  ['tcp.flags', 'UDP', udp6, undefined],
  ['tcp.flags', 'cut before them', tcp4.subarray(0, 46), undefined],
  ['icmp.type', 'unreachable', ping, [3n]],
  ['icmp.code', 'administratively prohibited', ping, [13n]],
  ['icmp.code', 'cut before it', ping.subarray(0, 35), undefined],
  ['frame.len', 'its bytes', tcp4, [BigInt(tcp4.length)]],
]

t.test('every key field is read from frames that have it, and only from those', async (t) => {
  for (const [name, what, frame, words] of VALUES) {
    t.same(keyOf(t, frame, [name]), words, `${name}: ${what}`)
  }
  t.same(
    [...new Set(VALUES.map(([name]) => name))].sort(),
    addon
      .keyFields()
      .map(({ name }) => name)
      .sort(),
    'no field is left out',
  )
})

t.test('wide fields come first, the others are packed four a word', async (t) => {
  const flow = ['l4.src_port', 'ip.src', 'l4.dst_port', 'ip.dst', 'ip.proto']
  const ports = 40_000n | (443n << 16n) | (6n << 32n)
  t.same(keyOf(t, tcp4, flow), [0n, 0xffff0a010203n, 0n, 0xffffc6336407n, ports])
  const five = ['ip.ttl', 'ip.proto', 'tcp.flags', 'l4.dst_port', 'frame.len']
  const four = 63n | (6n << 16n) | (24n << 32n) | (443n << 48n)
  t.same(keyOf(t, tcp4, five), [four, BigInt(tcp4.length)])
  t.same(keyOf(t, udp6, five), undefined, 'a frame that lacks one of them is not counted')
})

t.test('addresses are cut to their prefix, each family to its own', async (t) => {
  const prefix = { prefix4: 20, prefix6: 40 }
  t.same(keyOf(t, tcp4, ['ip.src'], prefix), [0n, 0xffff0a010000n])
  t.same(keyOf(t, udp6, ['ip.src'], prefix), [0x20010db800000000n, 0n])
  t.same(keyOf(t, udp6, ['ip.src'], { prefix6: 127 }), [0x20010db800010002n, 2n])
  t.same(keyOf(t, tcp4, ['ip.dst'], { prefix4: 0, prefix6: 0 }), [0n, 0xffff00000000n])
})

t.test('a packet needs every layer that the spec names', async (t) => {
  const [HAS_IP4, HAS_TCP] = [1 << 2, 1 << 6]
  t.same(keyOf(t, tcp4, ['ip.version'], { layers: HAS_IP4 | HAS_TCP }), [4n])
  t.same(keyOf(t, ping, ['ip.version'], { layers: HAS_IP4 | HAS_TCP }), undefined)
})

t.test('classes stand for values of a field; those of class 255 go to other', async (t) => {
  const { open, count } = frames(t)
  const classes = new Uint8Array(65_536).fill(255)
  classes.fill(0, 0, 64)
  classes.fill(1, 64, 70)
  const table = open(groupSpec(['frame.len'], { classes }))
  const lengths = [60, 63, 64, 69, 70, 1500]
  for (const length of lengths) count(p.padded(arp, length))
  t.same(
    table.candidates(9, 1).map(({ key, adds }) => [key, adds]),
    [
      [[1n], [2n, 133n]],
      [[0n], [2n, 123n]],
    ],
  )
  t.same([...table.look().subarray(0, 2)], [6n, 1826n], 'none is promoted: all are in other')
  table.promote(3, [1n])
  for (const length of lengths) count(p.padded(arp, length))
  const cells = table.look()
  t.same([...cells.subarray(0, 2)], [10n, 1826n + 60n + 63n + 70n + 1500n])
  t.same([...cells.subarray(8, 10)], [2n, 133n])
  t.same(
    table.candidates(9, 0).map(({ key }) => key),
    [[0n]],
    'a promoted key is no candidate',
  )
  table.promote(table.spec.slots - 1, [0n])
  count(arp)
  t.same(table.look().at(-2), 1n, 'the last slot counts too')
})

t.test('a promoted key counts exactly, from then on, until it is demoted', async (t) => {
  const { open, count } = frames(t, 3)
  const table = open(groupSpec(['ip.src']))
  const [mine, others] = [
    [0n, 0xffff0a010203n],
    [0x20010db800010002n, 3n],
  ]
  const counted = () => {
    const cells = table.look()
    return [0, 1, 2].map((row) => Number(cells[2 * row]))
  }
  for (const at of [0, 1, 2]) count(tcp4, at)
  count(udp6)
  t.same(counted(), [4, 0, 0])
  table.promote(1, mine)
  for (const at of [0, 1, 2, 0]) count(tcp4, at)
  count(udp6, 2)
  t.same(counted(), [5, 0, 4])
  table.promote(0, others)
  table.demote(1)
  count(tcp4)
  count(udp6)
  t.same(counted(), [6, 1, 4], 'cells stay when a key is demoted')
  table.promote(1, mine)
  count(tcp4)
  t.same(counted(), [6, 1, 5], 'and go on when it returns')
  t.same(table.look()[5], BigInt(5 * tcp4.length), 'bytes as frames')
})

t.test('as many keys as slots are promoted and found, whatever their order', async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  const random = numbers(SEED)
  const { open, count } = frames(t)
  const slots = 200
  const table = open(groupSpec(['l4.dst_port'], { slots, tracked: 0, seed: BigInt(SEED) }))
  const held = new Map<number, number>()
  const expected = new Array<number>(slots + 1).fill(0)
  for (let step = 0; step < 5000; step++) {
    const slot = Math.floor(random() * slots)
    const port = 1 + Math.floor(random() * 300)
    const at = held.get(port)
    if (random() < 0.3) {
      const [old] = [...held].find(([, own]) => own === slot) ?? []
      if (old !== undefined) {
        table.demote(slot)
        held.delete(old)
      } else if (at === undefined) {
        table.promote(slot, [BigInt(port)])
        held.set(port, slot)
      }
    } else {
      count(handshake(p.FLAG.ack, 1, port))
      const row = at === undefined ? 0 : at + 1
      expected[row] = (expected[row] ?? 0) + 1
    }
  }
  const cells = table.look()
  t.same(
    expected.map((_, row) => Number(cells[2 * row])),
    expected,
  )
})

t.test('extremes and distinct values are those of one window', async (t) => {
  const { open, count } = frames(t, 2)
  const table = open(
    groupSpec(['ip.proto'], {
      extremes: [
        { value: 'bytes', keep: 'max' },
        { value: field('ip.ttl'), keep: 'min' },
        { value: field('l4.dst_port'), keep: 'last' },
      ],
      uniques: [field('l4.dst_port'), field('ip.src')],
      uniqueBits: 12,
    }),
  )
  table.promote(0, [6n])
  const send = (ttl: number, port: number, at: number, length = 0): void => {
    const segment = p.tcp(1, port, p.FLAG.ack, new Uint8Array(length))
    const header = { ttl, source: `10.0.0.${port % 5}` }
    count(p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, segment, header)), at)
  }
  for (let port = 1; port <= 100; port++) send(100 - port, port, port % 2, port)
  send(7, 8080, 1, 0)
  const first = table.cut()
  t.same([...first.extremes.subarray(0, 3)], [154, 0, 8080])
  t.ok(Math.abs((first.uniques[0] ?? 0) - 101) < 4, `101 ports are about ${first.uniques[0]}`)
  t.equal(Math.round(first.uniques[1] ?? 0), 5)
  t.ok(Number.isNaN(first.extremes[3]), 'no packet, no extreme')
  send(50, 1, 0)
  const second = table.cut()
  t.same([...second.extremes.subarray(0, 3)], [54, 50, 1])
  t.equal(Math.round(second.uniques[0] ?? 0), 1)
  t.ok(Number.isNaN(table.cut().extremes[0]), 'the next window begins empty')
})

t.test('cells add up the value of a field', async (t) => {
  const { open, count } = frames(t)
  const table = open(groupSpec(['ip.version'], { adds: ['frames', field('ip.ttl')], rank: 1 }))
  count(tcp4)
  count(ping)
  count(arp)
  t.same([...table.look().subarray(0, 2)], [3n, 126n])
})

t.test(`a super-packet counts as its frames on the wire, seed ${SEED}`, async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  const random = numbers(SEED)
  const specs = [
    groupSpec(['ip.src']),
    groupSpec(['frame.len']),
    groupSpec(['ip.version'], { extremes: [{ value: 'bytes', keep: 'min' }] }),
    groupSpec(['tcp.flags']),
  ]
  for (let round = 0; round < 50; round++) {
    const packet = superPacket(random)
    const [whole, apart] = [frames(t), frames(t)]
    const tables = [whole, apart].map(({ open }) => specs.map(open))
    for (const each of tables) each[2]?.promote(0, [4n])
    for (const each of tables) each[2]?.promote(1, [6n])
    whole.count(packet.frame, 0, packet.segmentBytes)
    for (const piece of packet.pieces) apart.count(piece)
    const seen = tables.map((each) =>
      each.map((table, at) => [
        [...table.look()],
        [...table.cut().extremes],
        /* which frame had CWR is not told: it is counted with the last */
        at === 3 ? [] : table.candidates(9, 0),
      ]),
    )
    t.same(seen[0], seen[1], packet.what)
  }
})

t.test('a spec that cannot be is refused', async (t) => {
  const { open } = frames(t)
  const wrong: Partial<GroupSpec>[] = [
    { fields: [] },
    { fields: [99] },
    { fields: [field('ip.src'), field('ip.dst'), field('eth.src'), field('eth.dst')] },
    { adds: [] },
    { adds: [field('ip.src')] },
    { rank: 2 },
    { uniques: [field('ip.src')], uniqueBits: 3 },
    { slots: 0 },
    { filter: 256 },
    { classes: new Uint8Array(256) },
    { fields: [], rules: { first: 250, count: 10 } },
  ]
  for (const more of wrong) t.throws(() => open(groupSpec(['ip.src'], more)), RangeError)
  const tables = Array.from({ length: 16 }, () => open(groupSpec(['ip.src'])))
  t.throws(() => open(groupSpec(['ip.src'])), { code: 'GROUP_LIMIT' })
  tables[4]?.close()
  t.doesNotThrow(() => open(groupSpec(['ip.src'])), 'a closed one makes room')
  t.throws(() => tables[4]?.demote(0) ?? tables[3]?.promote(99, [1n, 1n]))
})

t.test('candidates are the heaviest keys, of ties the smaller first', async (t) => {
  const { open, count } = frames(t)
  const table = open(groupSpec(['l4.dst_port'], { tracked: 64 }))
  for (const [port, times] of [
    [90, 3],
    [20, 7],
    [60, 3],
    [70, 9],
    [10, 3],
  ] as const) {
    for (let time = 0; time < times; time++) count(handshake(p.FLAG.ack, 1, port))
  }
  const ports = (by: number, most: number) =>
    table.candidates(most, by).map(({ key }) => Number(key[0]))
  t.same(ports(0, 9), [70, 20, 10, 60, 90])
  t.same(ports(1, 2), [70, 20])
  t.same(table.candidates(1, 0), [{ key: [70n], adds: [9n, 9n * 54n], error: 0n }])
  const { tracked, room, evictions, error, bytes } = table.fill()
  t.same([tracked, evictions, error], [5, 0n, 0n])
  t.ok(room >= 64 && bytes > 0)
  table.clear()
  t.same(table.candidates(9, 0), [])
  t.equal(table.look()[0], 25n, 'what was counted stays')
})
