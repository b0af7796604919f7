// SPDX-License-Identifier: Apache-2.0
import { dissect, type Packet } from './dissect.ts'
import type { Frame } from './pcap.ts'

/** Upper bounds of the frame-size histogram, bytes on the wire. */
export const SIZE_BOUNDS = [64, 128, 256, 512, 1024, 1280, 1518, 2048, 4096, 9216] as const

const SUMS = [
  ...['PKTS', 'BYTES', 'OTHER_L3', 'VLAN', 'BROADCAST', 'MULTICAST', 'MALFORMED_ETH', 'ARP'],
  ...['IP', 'IP_BYTES', 'FRAG', 'FRAG_LATER', 'TTL_LOW', 'OTHER_L4', 'IP4', 'IP4_BYTES'],
  ...['MALFORMED_IP4', 'IP6', 'IP6_BYTES', 'MALFORMED_IP6', 'ICMP', 'ICMP6', 'ECHO_REQUEST'],
  ...['ECHO_REPLY', 'UNREACHABLE', 'TIME_EXCEEDED', 'ICMP_SHORT', 'TCP', 'SYN', 'ACK', 'FIN'],
  ...['RST', 'PSH', 'URG', 'ECE', 'CWR', 'SYN_ONLY', 'SYN_ACK', 'NULL_SCAN', 'XMAS', 'TCP_SHORT'],
  ...['UDP', 'UDP_SHORT'],
] as const

const DISTINCT = [
  ...['NB_UNIQ_SRC_ADDR', 'NB_UNIQ_DST_ADDR', 'NB_UNIQ_FLOWS', 'NB_UNIQ_SRC_PORT'],
  ...['NB_UNIQ_DST_PORT', 'NB_UNIQ_UDP_SRC_PORT', 'NB_UNIQ_UDP_DST_PORT'],
] as const

/** Exact counts of a list of frames, by counter name. */
export interface Truth {
  readonly counters: Readonly<Record<string, number>>
  readonly histograms: {
    readonly SIZES: { readonly bounds: readonly number[]; readonly counts: readonly number[] }
  }
}

/** Distinct counters whose sketch is an estimate; ports are exact. */
export const ESTIMATED: ReadonlySet<string> = new Set(DISTINCT.slice(0, 3))

/** Every distinct counter. */
export const DISTINCT_NAMES: ReadonlySet<string> = new Set(DISTINCT)

/** Counts Ethernet frames exactly, with sets for what is distinct. */
export function countFrames(frames: Iterable<Frame>): Truth {
  const sums = new Map<string, number>(SUMS.map((name) => [name, 0]))
  const sets = new Map<string, Set<string | number>>(DISTINCT.map((name) => [name, new Set()]))
  const sizes = new Array<number>(SIZE_BOUNDS.length + 1).fill(0)
  const tally: Tally = {
    add: (name, amount = 1) => {
      const before = sums.get(name)
      if (before === undefined) throw new RangeError(`no counter is named ${name}`)
      sums.set(name, before + Number(amount))
    },
    see: (name, value) => sets.get(name)?.add(value),
  }
  for (const frame of frames) {
    const wire = frame.wire ?? frame.data.length
    const bucket = SIZE_BOUNDS.findIndex((bound) => wire <= bound)
    const at = bucket < 0 ? SIZE_BOUNDS.length : bucket
    sizes[at] = (sizes[at] ?? 0) + 1
    countFrame(frame.data, wire, tally)
  }
  return {
    counters: Object.fromEntries([
      ...sums,
      ...[...sets].map(([name, set]) => [name, set.size] as const),
    ]),
    histograms: { SIZES: { bounds: [...SIZE_BOUNDS], counts: sizes } },
  }
}

interface Tally {
  add(name: (typeof SUMS)[number], amount?: number | boolean): void
  see(name: (typeof DISTINCT)[number], value: string | number): void
}

function countFrame(data: Uint8Array, wire: number, { add, see }: Tally): void {
  const found = dissect(data)
  add('PKTS')
  add('BYTES', wire)
  add('VLAN', found.tags > 0)
  add('BROADCAST', found.broadcast)
  add('MULTICAST', found.multicast)
  add('ARP', found.l3 === 'arp')
  add('OTHER_L3', found.l3 === 'other')
  add('MALFORMED_ETH', found.malformed === 'eth')
  add('MALFORMED_IP4', found.malformed === 'ip4')
  add('MALFORMED_IP6', found.malformed === 'ip6')
  if (found.ip) countPacket(found.ip, found.l3 === 'ip4', { add, see })
}

function countPacket(ip: Packet, version4: boolean, { add, see }: Tally): void {
  add('IP')
  add('IP_BYTES', ip.bytes)
  add(version4 ? 'IP4' : 'IP6')
  add(version4 ? 'IP4_BYTES' : 'IP6_BYTES', ip.bytes)
  add('FRAG', ip.fragment !== 'none')
  add('FRAG_LATER', ip.fragment === 'later')
  add('TTL_LOW', ip.ttl <= 1)
  add('OTHER_L4', ip.l4 === 'other')
  see('NB_UNIQ_SRC_ADDR', ip.source)
  see('NB_UNIQ_DST_ADDR', ip.destination)
  const data = Buffer.from(ip.transport)
  const hasPorts = (ip.l4 === 'tcp' || ip.l4 === 'udp') && data.length >= 4
  const [source, destination] = hasPorts ? [data.readUInt16BE(0), data.readUInt16BE(2)] : [0, 0]
  see('NB_UNIQ_FLOWS', [ip.source, ip.destination, ip.protocol, source, destination].join(' '))
  if (hasPorts) {
    see(ip.l4 === 'tcp' ? 'NB_UNIQ_SRC_PORT' : 'NB_UNIQ_UDP_SRC_PORT', source)
    see(ip.l4 === 'tcp' ? 'NB_UNIQ_DST_PORT' : 'NB_UNIQ_UDP_DST_PORT', destination)
  }
  if (ip.l4 === 'tcp') countTcp(data, add)
  if (ip.l4 === 'udp') {
    add('UDP')
    add('UDP_SHORT', data.length < 8)
  }
  if (ip.l4 === 'icmp' || ip.l4 === 'icmp6') countIcmp(ip.l4, data, add)
}

function countTcp(data: Uint8Array, add: Tally['add']): void {
  add('TCP')
  add('TCP_SHORT', data.length < 20)
  const flags = data[13]
  if (flags === undefined) return
  const names = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const
  names.forEach((name, bit) => {
    add(name, (flags >> bit) & 1)
  })
  add('SYN_ONLY', (flags & 0x12) === 0x02)
  add('SYN_ACK', (flags & 0x12) === 0x12)
  add('NULL_SCAN', flags === 0)
  add('XMAS', (flags & 0x29) === 0x29)
}

function countIcmp(family: 'icmp' | 'icmp6', data: Uint8Array, add: Tally['add']): void {
  add(family === 'icmp' ? 'ICMP' : 'ICMP6')
  /* RFC 4443 has a four-byte header, RFC 792 one of eight */
  add('ICMP_SHORT', data.length < (family === 'icmp' ? 8 : 4))
  const types = { icmp: [8, 0, 3, 11], icmp6: [128, 129, 1, 3] } as const
  const names = ['ECHO_REQUEST', 'ECHO_REPLY', 'UNREACHABLE', 'TIME_EXCEEDED'] as const
  names.forEach((name, at) => {
    add(name, data.length > 0 && data[0] === types[family][at])
  })
}
