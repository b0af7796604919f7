// SPDX-License-Identifier: Apache-2.0
import t, { type Test as Tap } from 'tap'
import { join, u16, u32 } from '../support/bytes.ts'
import { arp, ipv4, ipv6, TYPE, tcp, udp } from '../support/packets.ts'
import { pcap } from '../support/pcap.ts'
import { type Counted, counted } from './counted.ts'

const v4 = ipv4(17, udp(5000, 53))
const v6 = ipv6(6, tcp(5000, 443, 2))
const request = arp(1, '192.0.2.1', '192.0.2.2')
const LAYERS = ['IP4', 'IP6', 'ARP', 'OTHER_L3'] as const

function count(link: number, data: Uint8Array): Promise<Counted> {
  return counted(pcap([{ at: 0n, data, wire: 2000 }], { link }))
}

/** Of one packet: which layer it counts in, and that it keeps its length. */
async function layer(t: Tap, link: number, data: Uint8Array): Promise<string[]> {
  const { window } = await count(link, data)
  t.equal(window.exact('BYTES'), 2000n, 'the length on the wire, link header included')
  return LAYERS.filter((name) => window.exact(name) === 1n)
}

const little = (value: number): Uint8Array => u32(value).reverse()
const sll = (type: number, packet: number): Uint8Array =>
  join(u16(packet, 1, 6), new Uint8Array(8), u16(type))
const sll2 = (type: number, packet: number): Uint8Array =>
  join(u16(type, 0), u32(3), u16(1), new Uint8Array([packet, 6]), new Uint8Array(8))

/** By link type: header bytes, and the headers in front of IPv4, IPv6, ARP and what is none of them. */
const LINKS: Readonly<
  Record<string, { link: number; header: number; of: readonly [Uint8Array, Uint8Array, string][] }>
> = {
  null: {
    link: 0,
    header: 4,
    of: [
      [little(2), v4, 'IP4'],
      [u32(2), v4, 'IP4'],
      ...[10, 24, 28, 30].map((family): [Uint8Array, Uint8Array, string] => [
        little(family),
        v6,
        'IP6',
      ]),
      [little(7), v4, 'OTHER_L3'],
    ],
  },
  loop: {
    link: 108,
    header: 4,
    of: [
      [u32(2), v4, 'IP4'],
      [u32(24), v6, 'IP6'],
    ],
  },
  'PPP without framing': {
    link: 9,
    header: 2,
    of: [
      [u16(0x0021), v4, 'IP4'],
      [u16(0x0057), v6, 'IP6'],
      [u16(0xc021), v4, 'OTHER_L3'],
    ],
  },
  'PPP with framing': {
    link: 9,
    header: 4,
    of: [
      [u16(0xff03, 0x0021), v4, 'IP4'],
      [u16(0xff03, 0x0057), v6, 'IP6'],
    ],
  },
  'PPP with a short protocol': { link: 9, header: 1, of: [[new Uint8Array([0x21]), v4, 'IP4']] },
  'PPP serial': {
    link: 50,
    header: 4,
    of: [
      [u16(0xff03, 0x0021), v4, 'IP4'],
      [u16(0x0f00, TYPE.ipv6), v6, 'IP6'],
      [u16(0x8f00, TYPE.ipv4), v4, 'IP4'],
    ],
  },
  'Cisco HDLC': {
    link: 104,
    header: 4,
    of: [
      [u16(0x0f00, TYPE.ipv4), v4, 'IP4'],
      [u16(0x0f00, 0x2000), v4, 'OTHER_L3'],
    ],
  },
  'Linux SLL': {
    link: 113,
    header: 16,
    of: [
      [sll(TYPE.ipv4, 0), v4, 'IP4'],
      [sll(TYPE.arp, 1), request, 'ARP'],
      [join(sll(0x8100, 0), u16(5, TYPE.ipv6)), v6, 'IP6'],
    ],
  },
  'Linux SLL2': {
    link: 276,
    header: 20,
    of: [
      [sll2(TYPE.ipv4, 0), v4, 'IP4'],
      [sll2(TYPE.arp, 1), request, 'ARP'],
      [sll2(0x0004, 0), v4, 'OTHER_L3'],
    ],
  },
}

for (const [name, { link, header, of }] of Object.entries(LINKS)) {
  t.test(`${name} (${link})`, async (t) => {
    for (const [head, payload, expected] of of) {
      t.same(await layer(t, link, join(head, payload)), [expected])
    }
    const [head] = of[0] ?? [new Uint8Array()]
    for (let bytes = 0; bytes < header; bytes++) {
      const { window } = await count(link, head.subarray(0, bytes))
      t.equal(window.exact('MALFORMED_ETH'), 1n, `${bytes} bytes are too short`)
      t.equal(window.exact('OTHER_L3'), 1n)
    }
    const { window } = await count(link, head)
    t.equal(window.exact('MALFORMED_ETH'), 0n, 'the header alone is long enough')
  })
}

t.test('raw IP goes by its version', async (t) => {
  for (const link of [12, 14, 101]) {
    t.same(await layer(t, link, v4), ['IP4'])
    t.same(await layer(t, link, v6), ['IP6'])
    t.same(await layer(t, link, new Uint8Array([0x50, 0])), ['OTHER_L3'])
    t.equal((await count(link, new Uint8Array())).window.exact('MALFORMED_ETH'), 1n)
  }
  t.same(await layer(t, 228, v4), ['IP4'])
  t.same(await layer(t, 228, v6), ['OTHER_L3'])
  t.same(await layer(t, 229, v6), ['IP6'])
  t.equal((await count(229, v4)).window.exact('MALFORMED_IP6'), 1n)
})

t.test('cooked captures know broadcast and multicast', async (t) => {
  for (const [link, head] of [
    [113, sll],
    [276, sll2],
  ] as const) {
    const seen = async (packet: number): Promise<(number | bigint)[]> => {
      const { window } = await count(link, join(head(TYPE.ipv4, packet), v4))
      return [window.exact('BROADCAST'), window.exact('MULTICAST')]
    }
    t.same(await seen(0), [0n, 0n])
    t.same(await seen(1), [1n, 0n])
    t.same(await seen(2), [0n, 1n])
  }
})

t.test('packets of any other link type are counted and nothing more', async (t) => {
  for (const link of [8, 105, 127, 239, 9999]) t.same(await layer(t, link, v4), ['OTHER_L3'])
})
