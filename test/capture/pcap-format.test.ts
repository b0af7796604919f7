// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { join, u16 } from '../support/bytes.ts'
import { ethernet, ipv4, TYPE, udp } from '../support/packets.ts'
import { type Frame, packer, pcap, pcapHeader } from '../support/pcap.ts'
import { block, interfaceBlock, packetBlock, pcapng, section } from '../support/pcapng.ts'
import { counted, SECOND } from './counted.ts'

const START = 1_700_000_000n * SECOND
const data = ethernet(TYPE.ipv4, ipv4(17, udp(5000, 53)))
const frame = (at: bigint, more: Partial<Frame> = {}): Frame => ({ at: START + at, data, ...more })
const three = [frame(0n), frame(1_234_567_000n), frame(2_345_678_000n, { wire: 1400 })]

t.test('pcap in either byte order and resolution keeps times and lengths', async (t) => {
  for (const nanoseconds of [false, true]) {
    for (const bigEndian of [false, true]) {
      const fine = nanoseconds ? 321n : 0n
      const frames = [...three, frame(3n * SECOND + fine)]
      const { window, error } = await counted(pcap(frames, { nanoseconds, bigEndian }))
      t.equal(error, undefined)
      t.equal(window.exact('PKTS'), 4n)
      t.equal(window.exact('UDP'), 4n)
      t.equal(window.exact('BYTES'), BigInt(3 * data.length + 1400), 'lengths on the wire')
      t.equal(window.exact('SOURCE_TIME'), START + 3n * SECOND + fine)
    }
  }
})

t.test('upper bits of the link field are no part of the type', async (t) => {
  const file = pcap(three)
  file.set([0, 0x24], 22)
  t.equal((await counted(file)).window.exact('UDP'), 3n)
})

t.test('files of version 2.3 may have the two lengths the other way round', async (t) => {
  const file = join(pcapHeader(), packer(false)([4, 9], [4, 0], [4, 1400], [4, data.length]), data)
  file.set([3, 0], 6)
  const { window, error } = await counted(file)
  t.equal(error, undefined)
  t.equal(window.exact('BYTES'), 1400n)
})

t.test('magics of other formats are refused by name', async (t) => {
  const magics = { modified: 0xa1b2cd34, navtel: 0xa12b3c4d, snoop: 0x736e6f6f, text: 0x68656c6c }
  for (const magic of Object.values(magics)) {
    const file = pcap(three)
    new DataView(file.buffer).setUint32(0, magic)
    const { window, error } = await counted(file)
    t.equal(window.exact('PKTS'), 0n)
    t.match(error, { code: 'PCAP_FORMAT', message: /test\.pcap: byte 0: / })
    t.match(error?.message, `0x${magic.toString(16)}`)
  }
})

t.test('pcapng in either byte order with all kinds of packet blocks', async (t) => {
  for (const bigEndian of [false, true]) {
    const pack = packer(bigEndian)
    const old = block(
      2,
      join(pack([2, 0], [2, 0], [4, 0], [4, 77], [4, data.length], [4, data.length]), data),
      bigEndian,
    )
    const simple = block(3, join(pack([4, data.length]), data), bigEndian)
    const file = join(pcapng(three, { bigEndian, unknownEvery: 1 }), simple, old)
    const { window, error } = await counted(file)
    t.equal(error, undefined)
    t.equal(window.exact('UDP'), 5n)
    t.equal(window.exact('SOURCE_TIME'), 77_000n, 'of the old block, the last one')
    const untimed = await counted(join(pcapng(three, { bigEndian }), simple))
    t.equal(untimed.window.exact('SOURCE_TIME'), START + 2_345_678_000n, 'the time before stands')
  }
})

t.test('a section has its own byte order and interfaces', async (t) => {
  const ip = data.slice(14)
  const ports = [{ link: 101 }, { link: 1 }]
  const first = pcapng([frame(0n, { data: ip, port: 0 }), frame(1n, { port: 1 })], { ports })
  const second = pcapng([frame(2n)], { bigEndian: true })
  const { window, error } = await counted(join(first, second))
  t.equal(error, undefined)
  t.equal(window.exact('UDP'), 3n)
  const none = await counted(
    join(first, section(true), packetBlock(frame(3n), { bigEndian: true })),
  )
  t.equal(none.window.exact('UDP'), 2n)
  t.match(none.error, { code: 'PCAP_FORMAT', message: /interface 0/ })
  t.match(none.error?.message, `byte ${first.length + section().length}:`)
})

t.test('if_tsresol and if_tsoffset make nanoseconds', async (t) => {
  const at = 3n * SECOND + 500_000_000n
  for (const resolution of [0, 1, 3, 6, 9, 12, 0x80, 0x8a, 0x94, 0xa0]) {
    const file = pcapng([{ at, data }], { ports: [{ resolution }] })
    const whole = resolution === 0 || resolution === 0x80
    const { window } = await counted(file)
    t.equal(window.exact('SOURCE_TIME'), whole ? 3n * SECOND : at, `resolution ${resolution}`)
  }
  for (const [offset, expected] of [
    [1_000n, at + 1000n * SECOND],
    [-2n, at - 2n * SECOND],
    [-4n, 0n],
    [2n ** 62n, 2n ** 63n - 1n],
  ] as const) {
    for (const bigEndian of [false, true]) {
      const value = new DataView(new ArrayBuffer(8))
      value.setBigInt64(0, offset, !bigEndian)
      const pack = packer(bigEndian)
      const options = join(pack([2, 14], [2, 8]), new Uint8Array(value.buffer), pack([4, 0]))
      const port = block(1, join(pack([2, 1], [2, 0], [4, 0]), options), bigEndian)
      const file = join(section(bigEndian), port, packetBlock({ at, data }, { bigEndian }))
      t.equal((await counted(file)).window.exact('SOURCE_TIME'), expected, `offset ${offset}`)
    }
  }
})

t.test('a simple packet is cut at the snap length of its interface', async (t) => {
  const port = interfaceBlock({ snaplen: 36 })
  const simple = block(3, join(packer(false)([4, 1400]), data.slice(0, 36)))
  const { window, error } = await counted(join(section(), port, simple))
  t.equal(error, undefined)
  t.equal(window.exact('BYTES'), 1400n)
  t.equal(window.exact('UDP_SHORT'), 1n, 'two bytes of the UDP header were captured')
})

t.test('a block that cannot be stops the file where it begins', async (t) => {
  const good = pcapng([frame(0n)])
  const pack = packer(false)
  const bad = {
    'a packet longer than its block': block(6, pack([4, 0], [4, 0], [4, 0], [4, 5], [4, 5])),
    'a short packet block': block(6, pack([4, 0], [4, 0])),
    'a short interface block': block(1, pack([2, 1], [2, 0])),
    'a section of unknown byte order': block(
      0x0a0d0d0a,
      pack([4, 0x11223344], [4, 1], [4, 0], [4, 0]),
    ),
    'a length of 13': pack([4, 6], [4, 13], [4, 0], [4, 0]),
    'a length of 17 MiB': pack([4, 6], [4, 17 * 2 ** 20], [4, 0], [4, 0]),
  }
  for (const [name, bytes] of Object.entries(bad)) {
    const { window, error } = await counted(join(good, bytes, packetBlock(frame(1n))))
    t.equal(window.exact('PKTS'), 1n, name)
    t.match(error, { code: 'PCAP_FORMAT' }, name)
    t.match(error?.message, `byte ${good.length}:`, name)
  }
})

t.test('a record of 16 MiB is read and a longer one is not believed', async (t) => {
  const most = 16 * 2 ** 20
  const long = new Uint8Array(most)
  long.set(data)
  const file = pcap([frame(0n), frame(1n, { data: long }), frame(2n)])
  const { window, error } = await counted(file)
  t.equal(error, undefined)
  t.equal(window.exact('UDP'), 3n)
  t.equal(window.exact('BYTES'), BigInt(2 * data.length + most))

  const offset = 24 + 16 + data.length
  new DataView(file.buffer).setUint32(offset + 8, most + 1, true)
  const broken = await counted(file)
  t.equal(broken.window.exact('PKTS'), 1n)
  t.match(broken.error, { code: 'PCAP_FORMAT', message: `byte ${offset}:` })
})

t.test('a file that ends inside a record tells where the record begins', async (t) => {
  for (const file of [pcap(three), pcapng(three)]) {
    const last = file.length - (file[0] === 0x0a ? packetBlock(frame(0n)).length : 16 + data.length)
    for (const cut of [1, 16, file.length - last - 1]) {
      const { window, error } = await counted(file.subarray(0, file.length - cut))
      t.equal(window.exact('PKTS'), 2n)
      t.match(error, { code: 'PCAP_TRUNCATED', message: `byte ${last}:` })
    }
  }
  const start = await counted(pcap(three).subarray(0, 9))
  t.match(start.error, { code: 'PCAP_TRUNCATED', message: 'byte 0:' })
  for (const bytes of [new Uint8Array(), u16(0xd4c3)]) {
    t.match((await counted(bytes)).error, { code: 'PCAP_FORMAT', message: `${bytes.length} bytes` })
  }
})
