// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { type Handle, loadAddon } from '../../src/native/binding.ts'
import { numbers } from '../support/bytes.ts'
import { ethernet, FLAG, ipv4, ipv6, PROTOCOL, TYPE, tcp, udp } from '../support/packets.ts'

const BITS = 14
const SEED = 0x0123456789abcdefn
/** Of HyperLogLog: 1.04 / sqrt(2^p) (Flajolet et al., 2007). */
const STANDARD_ERROR = 1.04 / Math.sqrt(2 ** BITS)

const addon = loadAddon()
const sizes = addon.sizes(BITS)

type Distinct = Readonly<Record<string, number>>

/** Closes the epoch and gives the distinct counters by name; its sketches go to `sketches`. */
function cut(handle: Handle, sketches = new Uint8Array(sizes.epochBytes)): Distinct {
  const distinct = new Float64Array(sizes.distinct)
  const [slots, clocks] = [new BigUint64Array(sizes.slots), new BigUint64Array(sizes.clocks)]
  addon.cutNow(handle, slots, clocks, new BigUint64Array(1), distinct, sketches)
  return named(distinct)
}

function named(distinct: Float64Array): Distinct {
  const counters = addon.catalog().filter(({ kind }) => kind === 'distinct')
  return Object.fromEntries(
    counters.map(({ name, index }) => [name, distinct[index] ?? Number.NaN]),
  )
}

function count(handle: Handle, frame: Uint8Array, table = 0): void {
  addon.countFrame(handle, table, frame, frame.length, 0, 0)
}

function allowed(exact: number): number {
  return Math.max(1, 3 * STANDARD_ERROR * exact)
}

/** A frame and how to give it the n-th source and destination. */
const FAMILIES = {
  'IPv4, one after the other': {
    frame: ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(1, 2, FLAG.ack))),
    write(view: DataView, n: number): void {
      view.setUint32(26, 0x0a000000 + n)
      view.setUint32(30, 0xc0000000 + 2 * n)
    },
  },
  'IPv6, one after the other': {
    frame: ethernet(TYPE.ipv6, ipv6(PROTOCOL.tcp, tcp(1, 2, FLAG.ack))),
    write(view: DataView, n: number): void {
      view.setUint32(34, n)
      view.setUint32(46, n)
    },
  },
  'IPv6, subnets': {
    frame: ethernet(TYPE.ipv6, ipv6(PROTOCOL.udp, udp(1, 2))),
    write(view: DataView, n: number): void {
      view.setUint32(22, 0x20010000 + (n >> 10))
      view.setUint32(26, n << 22)
      view.setUint32(38, n)
    },
  },
} as const

const SIZES = [1, 2, 10, 100, 1000, 3000, 10_000, 40_000, 100_000, 300_000, 1_000_000]

for (const [name, { frame, write }] of Object.entries(FAMILIES)) {
  t.test(`addresses and flows are estimated within three standard errors: ${name}`, async (t) => {
    const handle = addon.openFrames(1, BITS, SEED)
    const data = frame.slice()
    const view = new DataView(data.buffer)
    for (const exact of SIZES) {
      for (let n = 0; n < exact; n++) {
        write(view, n)
        count(handle, data)
      }
      const found = cut(handle)
      for (const counter of ['NB_UNIQ_SRC_ADDR', 'NB_UNIQ_DST_ADDR', 'NB_UNIQ_FLOWS']) {
        const estimate = found[counter] ?? Number.NaN
        t.ok(Math.abs(estimate - exact) <= allowed(exact), `${counter}: ${estimate} of ${exact}`)
      }
    }
    addon.close(handle)
  })
}

t.test('a packet seen again is nothing new', async (t) => {
  const handle = addon.openFrames(1, BITS, SEED)
  for (let times = 0; times < 1000; times++) count(handle, FAMILIES['IPv6, subnets'].frame)
  const found = cut(handle)
  for (const counter of ['NB_UNIQ_SRC_ADDR', 'NB_UNIQ_DST_ADDR', 'NB_UNIQ_FLOWS']) {
    t.ok(Math.abs((found[counter] ?? 0) - 1) < 0.01, counter)
  }
  addon.close(handle)
})

t.test('flows tell directions, ports and protocols apart', async (t) => {
  const handle = addon.openFrames(1, BITS, SEED)
  const [a, b] = ['192.0.2.1', '198.51.100.1']
  const there = { source: a, destination: b }
  const back = { source: b, destination: a }
  const packets = [
    ipv4(PROTOCOL.tcp, tcp(1, 2, FLAG.ack), there),
    ipv4(PROTOCOL.tcp, tcp(2, 1, FLAG.ack), there),
    ipv4(PROTOCOL.tcp, tcp(2, 1, FLAG.ack), back),
    ipv4(PROTOCOL.udp, udp(1, 2), there),
    ipv4(47, new Uint8Array(8), there),
  ]
  for (const packet of packets) count(handle, ethernet(TYPE.ipv4, packet))
  t.equal(Math.round(cut(handle)['NB_UNIQ_FLOWS'] ?? 0), packets.length)
  addon.close(handle)
})

t.test('ports are counted exactly', async (t) => {
  const handle = addon.openFrames(1, BITS, SEED)
  for (const exact of [1, 255, 4096, 65_535, 65_536]) {
    const [segment, datagram] = [
      ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(0, 0, FLAG.syn))),
      ethernet(TYPE.ipv6, ipv6(PROTOCOL.udp, udp(0, 0))),
    ]
    for (let port = 0; port < exact; port++) {
      new DataView(segment.buffer).setUint16(34, 65_535 - port)
      new DataView(segment.buffer).setUint16(36, port >> 1)
      new DataView(datagram.buffer).setUint16(54, port)
      new DataView(datagram.buffer).setUint16(56, port >> 2)
      count(handle, segment)
      count(handle, datagram)
    }
    t.match(cut(handle), {
      NB_UNIQ_SRC_PORT: exact,
      NB_UNIQ_DST_PORT: Math.ceil(exact / 2),
      NB_UNIQ_UDP_SRC_PORT: exact,
      NB_UNIQ_UDP_DST_PORT: Math.ceil(exact / 4),
    })
  }
  addon.close(handle)
})

t.test('an epoch holds what came since the last cut and nothing older', async (t) => {
  const handle = addon.openFrames(2, BITS, SEED)
  const { frame, write } = FAMILIES['IPv4, one after the other']
  const data = frame.slice()
  for (const exact of [5000, 50, 0, 700, 0, 0, 3]) {
    for (let n = 0; n < exact; n++) {
      write(new DataView(data.buffer), n)
      count(handle, data, n % 2)
    }
    const found = cut(handle)
    const estimate = found['NB_UNIQ_SRC_ADDR'] ?? Number.NaN
    t.ok(Math.abs(estimate - exact) <= (exact && allowed(exact)), `${estimate} of ${exact}`)
    t.equal(found['NB_UNIQ_SRC_PORT'], exact === 0 ? 0 : 1)
  }
  addon.close(handle)
})

t.test('epochs merged later are worth what one long epoch is', async (t) => {
  const [short, long] = [addon.openFrames(1, BITS, SEED), addon.openFrames(1, BITS, SEED)]
  const { frame, write } = FAMILIES['IPv6, subnets']
  const data = frame.slice()
  const merged = new Uint8Array(sizes.epochBytes)
  for (let epoch = 0; epoch < 10; epoch++) {
    for (let n = 0; n < 3000; n++) {
      write(new DataView(data.buffer), 2000 * epoch + n)
      count(short, data)
      count(long, data)
    }
    const own = new Uint8Array(sizes.epochBytes)
    cut(short, own)
    addon.mergeSketches(merged, own)
  }
  t.ok(addon.sketches(long).equals(merged), 'the same registers and maps')
  const estimates = new Float64Array(sizes.distinct)
  addon.estimateSketches(merged, estimates)
  t.same(named(estimates), cut(long))
  addon.close(short)
  addon.close(long)
})

t.test('128 tables hold together what one holds, bit for bit', async (t) => {
  const tables = 128
  const [spread, single] = [addon.openFrames(tables, BITS, SEED), addon.openFrames(1, BITS, SEED)]
  const random = numbers(42)
  for (let n = 0; n < 50_000; n++) {
    const { frame } = Object.values(FAMILIES)[n % 3] ?? FAMILIES['IPv6, subnets']
    const data = frame.slice()
    const view = new DataView(data.buffer)
    for (const at of [26, 30, 34, 36]) view.setUint32(at, Math.floor(random() * 2 ** 32))
    count(spread, data, Math.floor(random() * tables))
    count(single, data)
  }
  const found = addon.sketches(spread)
  t.ok(found.equals(addon.sketches(single)), 'the same registers and maps')
  t.notOk(found.equals(Buffer.alloc(found.length)), 'not empty')
  t.same(cut(spread), cut(single), 'the same estimates')
  addon.close(spread)
  addon.close(single)
})

t.test('another seed gives other registers and the same ports', async (t) => {
  const handles = [SEED, SEED + 1n].map((seed) => addon.openFrames(1, BITS, seed))
  const { frame } = FAMILIES['IPv4, one after the other']
  const [one, other] = handles.map((handle) => {
    count(handle, frame)
    return addon.sketches(handle)
  })
  const ports = 3 * 2 ** BITS
  t.notOk(one?.subarray(0, ports).equals(other?.subarray(0, ports) ?? Buffer.alloc(0)))
  t.ok(one?.subarray(ports).equals(other?.subarray(ports) ?? Buffer.alloc(0)))
  for (const handle of handles) addon.close(handle)
})
