// SPDX-License-Identifier: Apache-2.0
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { FIXTURE } from '../contracts/subject.ts'
import { numbers } from '../support/bytes.ts'
import { command, must } from '../support/command.ts'
import { writeFlood } from '../support/flood.ts'
import * as p from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { lines, pktspot, type TotalsRow } from '../support/replay.ts'
import { zipf } from '../support/zipf.ts'

const SEED = 77

interface MeterTotals {
  readonly total: number
  readonly other: number
  readonly keys: Readonly<Record<string, number>>
}

type GroupTotals = Readonly<Record<string, Readonly<Record<string, MeterTotals>>>>

interface Row extends TotalsRow {
  readonly groups: GroupTotals
}

const v4 = (protocol: number, body: Uint8Array, header: p.Ipv4 = {}): Uint8Array =>
  p.ethernet(p.TYPE.ipv4, p.ipv4(protocol, body, header))
const v6 = (protocol: number, body: Uint8Array, header: p.Ipv6 = {}): Uint8Array =>
  p.ethernet(p.TYPE.ipv6, p.ipv6(protocol, body, header))
const tcp = (port: number): Uint8Array => p.tcp(40_000, port, p.FLAG.ack)
const udp = (port: number): Uint8Array => p.udp(40_000, port)

/** Counts a file's groups, those of the settings besides the usual ones. */
async function totalsOf(file: string, counter_groups: readonly unknown[]): Promise<Row> {
  const settings = `${file}.yml`
  /* JSON is YAML */
  await writeFile(settings, JSON.stringify({ counter_groups }))
  const { stdout, stderr } = await pktspot(['replay', '--totals', '-c', settings, file])
  const [row] = lines<Row>(stdout)
  if (!row) throw new Error(stderr)
  return row
}

async function framesTotals(
  t: Test,
  frames: readonly Uint8Array[],
  counter_groups: readonly unknown[] = [],
): Promise<Row> {
  const file = join(t.testdir(), 'frames.pcap')
  await writeFile(
    file,
    pcap(frames.map((data, at) => ({ at: 1_700_000_000_000_000_000n + BigInt(at), data }))),
  )
  return totalsOf(file, counter_groups)
}

const sum = ({ keys }: MeterTotals): number =>
  Object.values(keys).reduce((sum, each) => sum + each, 0)

/** Frames of sources whose shares are Zipf-distributed, each frame of its own length. */
function mixed(count: number, sources: number): Uint8Array[] {
  const [draw, random] = [zipf(sources, 1.1, SEED), numbers(SEED)]
  return Array.from({ length: count }, () => {
    const key = draw()
    const payload = new Uint8Array(Math.floor(random() * 900))
    const source = `10.0.${key >> 8}.${key & 255}`
    const port = [443, 53, 80, 22, 8080][key % 5] ?? 80
    const body = key % 2 ? p.udp(4000, port, payload) : p.tcp(4000, port, p.FLAG.ack, payload)
    return v4(key % 2 ? 17 : 6, body, { source })
  })
}

t.test('packets and bytes of each source are those that tcpdump shows', async (t) => {
  const found = await command('tcpdump', ['--version']).catch(() => undefined)
  if (!found) return t.plan(0, 'needs the program tcpdump')
  t.comment(`seed ${SEED}`)
  const row = await framesTotals(t, mixed(3000, 40))
  const text = await must('tcpdump', '-nnetr', row.file)
  const oracle = new Map<string, { packets: number; bytes: number }>()
  for (const line of text.split('\n')) {
    const [, bytes, source = ''] = /length (\d+): (\d+\.\d+\.\d+\.\d+)\.\d+ > /.exec(line) ?? []
    if (bytes === undefined) continue
    const before = oracle.get(source) ?? { packets: 0, bytes: 0 }
    oracle.set(source, { packets: before.packets + 1, bytes: before.bytes + Number(bytes) })
  }
  t.equal(oracle.size, 40)
  for (const [meter, of] of [
    ['Packets', 'packets'],
    ['Bytes', 'bytes'],
  ] as const) {
    const expected = [...oracle]
      .map(([source, sums]) => [source, sums[of]] as const)
      .sort(([, a], [, b]) => b - a)
    const shown = row.groups['src_ip']?.[meter]
    t.same(Object.entries(shown?.keys ?? {}), expected.slice(0, 10), `the top ten by ${of}`)
    t.equal(
      shown?.total,
      expected.reduce((sum, [, each]) => sum + each, 0),
    )
    t.equal(shown && sum(shown) + shown.other, shown?.total, 'keys and other are the total')
  }
})

t.test(
  'of twenty thousand sources ten are listed, and with other they are the total',
  async (t) => {
    const file = join(t.testdir(), 'many.pcap')
    const truth = writeFlood(file, { packets: 20_000, spoofed: 20_000, keys: 2000, seed: SEED })
    const { groups } = await totalsOf(file, [])
    for (const [meter, of] of [
      ['Packets', 'packets'],
      ['Bytes', 'bytes'],
    ] as const) {
      const shown = groups['src_ip']?.[meter]
      t.equal(Object.keys(shown?.keys ?? {}).length, 10)
      t.equal(shown?.total, truth[of])
      t.equal(shown && sum(shown) + shown.other, truth[of])
    }
    const [first] = truth.top(1, 'packets')
    const [key = ''] = Object.keys(groups['src_ip']?.['Packets']?.keys ?? {})
    const number = key.split('.').reduce((number, part) => number * 256 + Number(part), 0)
    t.equal(number, first?.source, 'the greatest comes first')
  },
)

t.test('ports are of TCP and UDP only, each by itself', async (t) => {
  const { groups } = await framesTotals(t, [
    v4(6, tcp(80)),
    v4(6, tcp(80)),
    v4(17, udp(80)),
    v4(1, p.icmp(8)),
    v6(58, p.icmp(128)),
    v4(132, udp(80)),
    p.ethernet(p.TYPE.arp, p.arp(1, '10.0.0.1', '10.0.0.2')),
  ])
  t.same(groups['dst_port']?.['Packets'], {
    total: 3,
    other: 0,
    keys: { 'tcp/80': 2, 'udp/80': 1 },
  })
  t.same(groups['protocols']?.['Packets'], {
    total: 6,
    other: 1,
    keys: { tcp: 2, icmp: 2, udp: 1 },
  })
})

t.test('ports are found behind IP options', async (t) => {
  const frames = [4, 20, 40].map((length) =>
    v4(6, tcp(443), { options: new Uint8Array(length).fill(1) }),
  )
  const { groups } = await framesTotals(t, frames)
  t.same(groups['dst_port']?.['Packets']?.keys, { 'tcp/443': 3 })
})

t.test('IPv6 is counted like IPv4, behind extension headers too', async (t) => {
  const extensions = [p.extension(0), p.extension(60, 1)]
  const source = '2001:db8::7'
  const { groups } = await framesTotals(t, [
    v6(6, tcp(443), { source }),
    v6(6, tcp(443), { source, extensions }),
    v6(17, udp(53), { source, extensions }),
    v6(58, p.icmp(128), { source, extensions }),
  ])
  t.same(groups['src_ip']?.['Packets']?.keys, { '2001:db8::7': 4 })
  t.same(groups['dst_port']?.['Packets']?.keys, { 'tcp/443': 2, 'udp/53': 1 })
  t.same(groups['protocols']?.['Packets']?.keys, { tcp: 2, icmp: 1, udp: 1 })
})

t.test('one run counts all groups, and their sums agree', async (t) => {
  const file = join(t.testdir(), 'all.pcap')
  await copyFile(FIXTURE, file)
  const row = await totalsOf(file, ['sizes', 'flows', 'LinkLayer', 'Aggregates', 'icmp'])
  const { groups, counters } = row
  const total = (name: string, meter = 'Packets') => groups[name]?.[meter]?.total
  t.equal(total('sizes'), row.packets, 'every frame has a size, ARP and broken ones too')
  t.equal(total('sizes', 'Bytes'), row.bytes)
  t.equal(total('src_ip'), counters['IP'])
  t.equal(total('protocols'), counters['IP'])
  t.equal(total('Aggregates'), counters['IP'])
  t.equal(total('flows'), total('dst_port'))
  t.equal(total('flows', 'Bytes'), total('dst_port', 'Bytes'))
  t.equal(groups['LinkLayer']?.['Packets']?.keys['0x0806'], counters['ARP'])
  for (const [name, meters] of Object.entries(groups)) {
    for (const [meter, shown] of Object.entries(meters)) {
      t.equal(sum(shown) + shown.other, shown.total, `${name} ${meter}`)
    }
  }
  const { bounds = [], counts = [] } = row.histograms['SIZES'] ?? {}
  const size = (bound: string) => counts[bounds.findIndex((each) => String(each) === bound)]
  const shown = Object.entries(groups['sizes']?.['Packets']?.keys ?? {})
  t.ok(shown.length > 5)
  for (const [bound, count] of shown) {
    t.equal(count, bound === '+Inf' ? counts.at(-1) : size(bound), `sizes up to ${bound}`)
  }
})

t.test('a group of a layer counts nothing of another', async (t) => {
  const group = {
    control: {
      guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
      name: 'tcp_sources',
      description: 'Who speaks TCP',
      layer: 'TCP',
    },
    key: { fields: ['ip.src'] },
    meters: [[0, 'COUNTER', 10, 0, 'Packets', 'packets', 'Pkts']],
  }
  const datagrams = await framesTotals(t, [v4(17, udp(53)), v4(17, udp(53))], [group])
  t.same(datagrams.groups['tcp_sources']?.['Packets'], { total: 0, other: 0, keys: {} })
  const both = await framesTotals(t, [v4(17, udp(53)), v4(6, tcp(53))], [group])
  t.equal(both.groups['tcp_sources']?.['Packets']?.total, 1)
})

t.test('lists are as long as their meter says', async (t) => {
  const group = {
    control: {
      guid: '{5A1E7B60-1111-4222-8333-123456789ABC}',
      name: 'mine',
      description: 'Sources',
    },
    key: { fields: ['ip.src'] },
    meters: [
      [0, 'COUNTER', 3, 0, 'Packets', 'packets', 'Pkts'],
      [1, 'RATE_COUNTER', 0, 0, 'Bytes', 'bytes', 'B'],
    ],
  }
  const frames = mixed(500, 20)
  const { groups } = await framesTotals(t, frames, [group])
  t.equal(Object.keys(groups['mine']?.['Packets']?.keys ?? {}).length, 3)
  const bytes = frames.reduce((sum, { length }) => sum + length, 0)
  t.same(groups['mine']?.['Bytes'], { total: bytes, other: bytes, keys: {} })
  t.equal(Object.keys(groups['src_ip']?.['Packets']?.keys ?? {}).length, 10, 'ten unless told')
})

t.test('a group that is switched off is not there', async (t) => {
  const { groups } = await framesTotals(t, [v4(6, tcp(80))], ['!src_ip', 'icmp'])
  t.same(Object.keys(groups).sort(), ['dst_port', 'icmp', 'protocols'])
  t.same(groups['icmp']?.['Packets'], { total: 0, other: 0, keys: {} })
})

t.test('a file that breaks off has the groups of what could be read', async (t) => {
  const file = join(t.testdir(), 'broken.pcap')
  const whole = pcap([v4(6, tcp(80)), v4(6, tcp(80))].map((data) => ({ at: 1n, data })))
  await writeFile(file, whole.subarray(0, whole.length - 3))
  const row = await totalsOf(file, [])
  t.ok(row.error)
  t.equal(row.packets, 1)
  t.same(row.groups['dst_port']?.['Packets'], { total: 1, other: 0, keys: { 'tcp/80': 1 } })
  const none = await totalsOf(`${file}.none`, [])
  t.same(none.groups, {}, 'and one that cannot be opened has none')
})
