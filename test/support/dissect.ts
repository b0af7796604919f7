// SPDX-License-Identifier: Apache-2.0

/** What the independent parser finds in one Ethernet frame. */
export interface Dissection {
  /** True from 14 bytes on. */
  readonly hasLink: boolean
  readonly broadcast: boolean
  readonly multicast: boolean
  /** VLAN tags begun; the last may be cut off. */
  readonly tags: number
  readonly l3: 'arp' | 'ip4' | 'ip6' | 'other'
  readonly malformed?: 'eth' | 'ip4' | 'ip6'
  readonly ip?: Packet
}

/** The outermost IP packet. */
export interface Packet {
  readonly source: string
  readonly destination: string
  readonly ttl: number
  /** Length by its own header; the captured length where IPv4 gives none. */
  readonly bytes: number
  readonly fragment: 'none' | 'first' | 'later'
  /** Final protocol number, or the number at which the walk stopped. */
  readonly protocol: number
  readonly l4: 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'other' | 'later'
  /** Transport bytes inside both the capture and the IP length. */
  readonly transport: Uint8Array
}

const VLAN = new Set([0x8100, 0x88a8, 0x9100])
const EXTENSIONS = new Set([0, 43, 44, 60, 51, 135, 139, 140])
const DEPTH = 8

/** Parses one captured Ethernet frame; written apart from the native core, to judge it. */
export function dissect(frame: Uint8Array): Dissection {
  const none = { broadcast: false, multicast: false, tags: 0, l3: 'other' } as const
  if (frame.length < 14) return { ...none, hasLink: false, malformed: 'eth' }
  const broadcast = frame.subarray(0, 6).every((byte) => byte === 0xff)
  const multicast = !broadcast && ((frame[0] ?? 0) & 1) === 1
  const link = { ...none, hasLink: true, broadcast, multicast }
  let type = short(frame, 12)
  let at = 14
  let tags = 0
  while (VLAN.has(type) && tags < DEPTH) {
    tags += 1
    if (at + 4 > frame.length) return { ...link, tags, malformed: 'eth' }
    type = short(frame, at + 2)
    at += 4
  }
  const rest = frame.subarray(at)
  if (type === 0x0806) return { ...link, tags, l3: 'arp' }
  if (type === 0x0800) {
    const ip = dissectIpv4(rest)
    return ip ? { ...link, tags, l3: 'ip4', ip } : { ...link, tags, malformed: 'ip4' }
  }
  if (type === 0x86dd) {
    const ip = dissectIpv6(rest)
    return ip ? { ...link, tags, l3: 'ip6', ip } : { ...link, tags, malformed: 'ip6' }
  }
  return { ...link, tags }
}

function dissectIpv4(bytes: Uint8Array): Packet | undefined {
  const first = bytes[0] ?? 0
  const header = (first & 15) * 4
  if (first >> 4 !== 4 || header < 20 || bytes.length < header) return undefined
  const total = short(bytes, 2)
  const control = short(bytes, 6)
  const offset = control & 0x1fff
  const fragment = offset ? 'later' : control & 0x2000 ? 'first' : 'none'
  const protocol = bytes[9] ?? 0
  const limit = total === 0 ? bytes.length : Math.min(bytes.length, total)
  const l4 = { 1: 'icmp', 6: 'tcp', 17: 'udp' } as const
  return {
    source: hex(bytes.subarray(12, 16)),
    destination: hex(bytes.subarray(16, 20)),
    ttl: bytes[8] ?? 0,
    bytes: total || bytes.length,
    fragment,
    protocol,
    l4: fragment === 'later' ? 'later' : (l4[protocol as keyof typeof l4] ?? 'other'),
    transport: bytes.subarray(header, Math.max(header, limit)),
  }
}

function dissectIpv6(bytes: Uint8Array): Packet | undefined {
  if ((bytes[0] ?? 0) >> 4 !== 6 || bytes.length < 40) return undefined
  const payload = short(bytes, 4)
  const limit = payload === 0 ? bytes.length : Math.min(bytes.length, 40 + payload)
  const walk = walkExtensions(bytes.subarray(0, limit))
  const l4 = { 58: 'icmp6', 6: 'tcp', 17: 'udp' } as const
  const known = walk.whole ? l4[walk.protocol as keyof typeof l4] : undefined
  return {
    source: hex(bytes.subarray(8, 24)),
    destination: hex(bytes.subarray(24, 40)),
    ttl: bytes[7] ?? 0,
    bytes: 40 + payload,
    fragment: walk.fragment,
    protocol: walk.protocol,
    l4: walk.fragment === 'later' ? 'later' : (known ?? 'other'),
    transport: bytes.subarray(walk.at, limit),
  }
}

interface Walk {
  readonly protocol: number
  readonly at: number
  readonly fragment: Packet['fragment']
  /** False when an extension header was cut off or one too many. */
  readonly whole: boolean
}

function walkExtensions(bytes: Uint8Array): Walk {
  let protocol = bytes[6] ?? 0
  let at = 40
  let fragment: Packet['fragment'] = 'none'
  for (let depth = 0; EXTENSIONS.has(protocol); depth += 1) {
    if (depth === DEPTH || at + 8 > bytes.length) return { protocol, at, fragment, whole: false }
    const next = bytes[at] ?? 0
    const units = bytes[at + 1] ?? 0
    if (protocol === 44) {
      const control = short(bytes, at + 2)
      if (control >> 3) return { protocol: next, at: bytes.length, fragment: 'later', whole: true }
      if (control & 1) fragment = 'first'
      at += 8
    } else {
      at += protocol === 51 ? (units + 2) * 4 : (units + 1) * 8
    }
    protocol = next
  }
  return { protocol, at: Math.min(at, bytes.length), fragment, whole: true }
}

function short(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
