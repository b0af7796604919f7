// SPDX-License-Identifier: Apache-2.0
import { checksum, join, u16, u32 } from './bytes.ts'

export const TYPE = { ipv4: 0x0800, arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd, lldp: 0x88cc } as const
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 } as const
export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const
export const MAC = {
  here: '02:00:00:00:00:01',
  there: '02:00:00:00:00:02',
  broadcast: 'ff:ff:ff:ff:ff:ff',
  multicast: '01:00:5e:00:00:fb',
} as const

/** Six bytes of a hardware address. */
export function mac(text: string): Uint8Array {
  return new Uint8Array(text.split(':').map((part) => Number.parseInt(part, 16)))
}

/** Four or sixteen bytes of an address; IPv6 may use one `::`. */
export function address(text: string): Uint8Array {
  if (!text.includes(':')) return new Uint8Array(text.split('.').map(Number))
  const [head = '', tail] = text.split('::')
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const front = groups(head)
  const back = groups(tail ?? '')
  return u16(...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back)
}

export interface Link {
  readonly destination?: string
  readonly source?: string
  /** Tags from the outside in: [tag protocol, VLAN identifier]. */
  readonly tags?: readonly (readonly [number, number])[]
}

/** An Ethernet frame, without padding and frame check sequence. */
export function ethernet(type: number, payload: Uint8Array, link: Link = {}): Uint8Array {
  const { destination = MAC.there, source = MAC.here, tags = [] } = link
  return join(mac(destination), mac(source), ...tags.map((tag) => u16(...tag)), u16(type), payload)
}

/** Pads a frame with zeros to the Ethernet minimum (without frame check sequence) or another length. */
export function padded(frame: Uint8Array, length = 60): Uint8Array {
  return join(frame, new Uint8Array(Math.max(0, length - frame.length)))
}

/** An ARP request (1) or reply (2). */
export function arp(operation: number, sender: string, target: string): Uint8Array {
  const hardware = [mac(MAC.here), mac('00:00:00:00:00:00')] as const
  return join(
    u16(1, TYPE.ipv4, 0x0604, operation),
    hardware[0],
    address(sender),
    hardware[1],
    address(target),
  )
}

export interface Ipv4 {
  readonly source?: string
  readonly destination?: string
  readonly ttl?: number
  readonly identification?: number
  readonly moreFragments?: boolean
  /** Fragment offset in units of eight bytes. */
  readonly offset?: number
  /** Option bytes; a multiple of four. */
  readonly options?: Uint8Array
  /** Lies, for broken headers. */
  readonly version?: number
  readonly headerWords?: number
  readonly totalLength?: number
}

/** An IPv4 packet; the transport checksum of an unfragmented packet is filled in. */
export function ipv4(protocol: number, payload: Uint8Array, header: Ipv4 = {}): Uint8Array {
  const { source = '192.0.2.1', destination = '198.51.100.1', options = new Uint8Array() } = header
  const { ttl = 64, identification = 0, offset = 0, moreFragments = false, version = 4 } = header
  const words = header.headerWords ?? 5 + options.length / 4
  const length = header.totalLength ?? 20 + options.length + payload.length
  const addresses = join(address(source), address(destination))
  const fragment = (moreFragments ? 0x2000 : 0) | offset
  const start = join(u16((version << 12) | (words << 8), length, identification, fragment))
  const rest = join(start, new Uint8Array([ttl, protocol]))
  const sum = checksum(rest, addresses, options)
  const body = fragment === 0 ? summed(protocol, addresses, payload) : payload
  return join(rest, u16(sum), addresses, options, body)
}

export interface Ipv6 {
  readonly source?: string
  readonly destination?: string
  readonly hopLimit?: number
  /** Extension headers in order, each built by `extension` or `fragment`. */
  readonly extensions?: readonly Extension[]
  /** Lies, for broken headers. */
  readonly version?: number
  readonly payloadLength?: number
}

export interface Extension {
  readonly type: number
  /** The header's bytes after its next-header byte. */
  readonly rest: Uint8Array
}

/** An extension header with `extra` units more than its shortest form: 0, 43, 60, 135, 139, 140, or 51 (units of four). */
export function extension(type: number, extra = 0): Extension {
  if (type === 51)
    return { type, rest: join(new Uint8Array([1 + extra]), new Uint8Array(10 + 4 * extra)) }
  const padding = new Uint8Array(6 + 8 * extra)
  padding.set([1, padding.length - 2])
  return { type, rest: join(new Uint8Array([extra]), padding) }
}

/** A Fragment header, RFC 8200 section 4.5; the offset is in units of eight bytes. */
export function fragment(offset: number, more: boolean, identification = 7): Extension {
  return {
    type: 44,
    rest: join(new Uint8Array([0]), u16((offset << 3) | (more ? 1 : 0)), u32(identification)),
  }
}

/** An IPv6 packet; the transport checksum of an unfragmented packet is filled in. */
export function ipv6(next: number, payload: Uint8Array, header: Ipv6 = {}): Uint8Array {
  const {
    source = '2001:db8::1',
    destination = '2001:db8:1::1',
    hopLimit = 64,
    version = 6,
  } = header
  const { extensions = [] } = header
  const types = [...extensions.map(({ type }) => type), next]
  const chain = join(
    ...extensions.map(({ rest }, at) => join(new Uint8Array([types[at + 1] ?? next]), rest)),
  )
  const addresses = join(address(source), address(destination))
  const fragmented = extensions.some(({ type }) => type === 44)
  const body = join(chain, fragmented ? payload : summed(next, addresses, payload))
  const first = new Uint8Array([types[0] ?? next, hopLimit])
  return join(
    u32(version * 2 ** 28),
    u16(header.payloadLength ?? body.length),
    first,
    addresses,
    body,
  )
}

/** A TCP header with flags and payload. */
export function tcp(
  source: number,
  destination: number,
  flags: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  return join(u16(source, destination), u32(source, 0), u16(0x5000 | flags, 64240, 0, 0), payload)
}

/** A UDP datagram. */
export function udp(
  source: number,
  destination: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  return join(u16(source, destination, 8 + payload.length, 0), payload)
}

/** An ICMP or ICMPv6 message with its eight-byte header. */
export function icmp(type: number, code = 0, payload: Uint8Array = new Uint8Array()): Uint8Array {
  return join(new Uint8Array([type, code, 0, 0]), u16(1, 1), payload)
}

const CHECKSUM_AT: Readonly<Record<number, { readonly at: number; readonly whole: number }>> = {
  [PROTOCOL.icmp]: { at: 2, whole: 8 },
  [PROTOCOL.tcp]: { at: 16, whole: 20 },
  [PROTOCOL.udp]: { at: 6, whole: 8 },
  [PROTOCOL.icmp6]: { at: 2, whole: 8 },
}

/** Fills in the checksum of a whole transport header; leaves anything else as it is. */
function summed(protocol: number, addresses: Uint8Array, payload: Uint8Array): Uint8Array {
  const field = CHECKSUM_AT[protocol]
  if (!field || payload.length < field.whole) return payload
  const pseudo = protocol === PROTOCOL.icmp ? [] : [addresses, u32(payload.length, protocol)]
  const copy = payload.slice()
  copy.set(u16(0), field.at)
  copy.set(u16(checksum(...pseudo, copy) || 0xffff), field.at)
  return copy
}
