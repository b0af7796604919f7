// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { PluginLayer } from '../../src/plugins/views.ts'
import { FIXTURE } from '../contracts/subject.ts'
import {
  arp,
  ethernet,
  FLAG,
  icmp,
  ipv4,
  ipv6,
  PROTOCOL,
  TYPE,
  tcp,
  udp,
} from '../support/packets.ts'
import { readCapture } from '../support/read-pcap.ts'
import { countFrames } from '../support/truth.ts'
import { feedTo, seeing, sumOf } from './fed.ts'

const at = 1_700_000_000_123_456_000n

t.test('views show the fields of their layers', async (t) => {
  const seen: Record<string, unknown> = {}
  const frames = [
    ethernet(
      TYPE.ipv4,
      ipv4(PROTOCOL.tcp, tcp(40000, 443, FLAG.syn | FLAG.ece, new Uint8Array(7)), { ttl: 9 }),
    ),
    ethernet(TYPE.ipv6, ipv6(PROTOCOL.udp, udp(5353, 53, new Uint8Array(3)), { hopLimit: 7 })),
    ethernet(TYPE.arp, arp(2, '192.0.2.7', '192.0.2.8'), { tags: [[0x8100, 0x2005]] }),
    ethernet(TYPE.ipv4, ipv4(PROTOCOL.icmp, icmp(3, 4))),
    ethernet(TYPE.ipv6, ipv6(PROTOCOL.icmp6, icmp(129, 1))),
  ]
  const counters = [
    seeing('P', 'PKT', (p) => {
      if (p.etherType !== TYPE.arp) return
      const { time, length, vlan, vlanTags, broadcast, multicast, malformed } = p
      seen['PKT'] = { time, length, vlan, vlanTags, broadcast, multicast, malformed }
    }),
    seeing('A', 'ARP', ({ operation, sender, target, data }) => {
      seen['ARP'] = { operation, sender, target, bytes: data.length }
    }),
    seeing('I', 'IP', (p) => {
      if (p.version === 6) return
      const { source, destination, ttl, protocol, length, fragment, laterFragment } = p
      const bytes = [p.sourceBytes.join('.'), p.destinationBytes.join('.')]
      seen[`IP ${protocol}`] = { source, destination, ttl, length, fragment, laterFragment, bytes }
    }),
    seeing('I6', 'IPv6', ({ source, destination, hopLimit, protocol, sourceBytes }) => {
      seen[`IPv6 ${protocol}`] = { source, destination, hopLimit, bytes: sourceBytes.length }
    }),
    seeing('T', 'TCP', (p) => {
      const { sourcePort, destinationPort, flags, window, sequence, acknowledgement } = p
      const { payloadLength, data } = p
      const ends = { payloadLength, bytes: data.length }
      seen['TCP'] = {
        sourcePort,
        destinationPort,
        flags,
        window,
        sequence,
        acknowledgement,
        ...ends,
      }
    }),
    seeing('U', 'UDP', ({ sourcePort, destinationPort, payloadLength }) => {
      seen['UDP'] = { sourcePort, destinationPort, payloadLength }
    }),
    seeing('C', 'ICMPv4', ({ type, code }) => {
      seen['ICMPv4'] = { type, code }
    }),
    seeing('C6', 'ICMPv6', ({ type, code }) => {
      seen['ICMPv6'] = { type, code }
    }),
  ]
  const { windows, warnings } = await feedTo(
    counters,
    frames.map((data) => ({ at, data })),
  )
  t.same(warnings, [])
  t.strictSame(seen, {
    PKT: {
      time: at,
      length: 46,
      vlan: 5,
      vlanTags: 1,
      broadcast: false,
      multicast: false,
      malformed: false,
    },
    ARP: { operation: 2, sender: '192.0.2.7', target: '192.0.2.8', bytes: 28 },
    'IP 6': {
      ...{ source: '192.0.2.1', destination: '198.51.100.1', ttl: 9, length: 47 },
      ...{ fragment: false, laterFragment: false, bytes: ['192.0.2.1', '198.51.100.1'] },
    },
    'IP 1': {
      ...{ source: '192.0.2.1', destination: '198.51.100.1', ttl: 64, length: 28 },
      ...{ fragment: false, laterFragment: false, bytes: ['192.0.2.1', '198.51.100.1'] },
    },
    'IPv6 17': { source: '2001:db8::1', destination: '2001:db8:1::1', hopLimit: 7, bytes: 16 },
    'IPv6 58': { source: '2001:db8::1', destination: '2001:db8:1::1', hopLimit: 64, bytes: 16 },
    TCP: {
      ...{ sourcePort: 40000, destinationPort: 443, flags: FLAG.syn | FLAG.ece, window: 64240 },
      ...{ sequence: 40000, acknowledgement: 0, payloadLength: 7, bytes: 27 },
    },
    UDP: { sourcePort: 5353, destinationPort: 53, payloadLength: 3 },
    ICMPv4: { type: 3, code: 4 },
    ICMPv6: { type: 129, code: 1 },
  })
  const counts = counters.map(({ name }) => Number(sumOf(windows, name)))
  t.same(counts, [5, 1, 4, 2, 1, 1, 1, 1], 'each is called for its own layer only')
})

t.test('what a cut frame does not hold is undefined, and never read past', async (t) => {
  const whole = ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(40000, 443, FLAG.ack)))
  const seen: unknown[] = []
  const see = seeing('T', 'TCP', (p) => {
    const { sourcePort, flags, window, sequence, payloadLength } = p
    seen.push([sourcePort, flags, window, sequence, payloadLength, p.data.length])
  })
  const cut = [34, 38, 48, 49, 54].map((length) => whole.slice(0, length))
  await feedTo(
    [see],
    cut.map((data) => ({ at, data, wire: whole.length })),
  )
  t.strictSame(seen, [
    [undefined, undefined, undefined, undefined, undefined, 0],
    [40000, undefined, undefined, undefined, undefined, 4],
    [40000, FLAG.ack, undefined, 40000, 0, 14],
    [40000, FLAG.ack, undefined, 40000, 0, 15],
    [40000, FLAG.ack, 64240, 40000, 0, 20],
  ])
})

t.test('a long frame shows its first 256 bytes', async (t) => {
  let bytes = 0
  const see = seeing('P', 'PKT', ({ data, length }) => {
    bytes += data.length
    t.equal(length, 1542)
  })
  const data = ethernet(TYPE.ipv4, ipv4(PROTOCOL.udp, udp(1, 2, new Uint8Array(1500))))
  await feedTo([see], [{ at, data }])
  t.equal(bytes, 256)
})

t.test('layers of odd frames are those of the core, and no view throws', async (t) => {
  const file = readFileSync(FIXTURE)
  const { counters: truth } = countFrames(readCapture(file))
  const oracle: [string, PluginLayer, string][] = [
    ['L0', 'PKT', 'PKTS'],
    ['L1', 'ARP', 'ARP'],
    ['L2', 'IP', 'IP'],
    ['L3', 'IPv4', 'IP4'],
    ['L4', 'IPv6', 'IP6'],
    ['L5', 'ICMPv4', 'ICMP'],
    ['L6', 'ICMPv6', 'ICMP6'],
    ['L7', 'TCP', 'TCP'],
    ['L8', 'UDP', 'UDP'],
  ]
  const touch = (view: object): void => {
    for (const key of Object.keys(view)) Reflect.get(view, key)
  }
  const counters = oracle.map(([name, layer]) => seeing(name, layer, touch))
  const { windows, warnings } = await feedTo(counters, file)
  t.same(warnings, [])
  for (const [name, layer, core] of oracle) {
    t.equal(Number(sumOf(windows, name)), truth[core], layer)
    for (const window of windows) t.equal(window.exact(name), window.exact(core), layer)
  }
})
