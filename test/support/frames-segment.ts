// SPDX-License-Identifier: Apache-2.0
import { fill } from './bytes.ts'
import { ethernet, extension, FLAG, ipv4, ipv6, PROTOCOL, TYPE, tcp, udp } from './packets.ts'

/** A super-packet as the kernel hands it over, and the frames that were on the wire. */
export interface SuperPacket {
  readonly what: string
  readonly frame: Uint8Array
  /** Payload of each frame but the last. */
  readonly segmentBytes: number
  readonly pieces: readonly Uint8Array[]
}

interface Shape {
  readonly family: 4 | 6
  readonly transport: 'tcp' | 'udp'
  readonly tags: number
  /** Words of IPv4 or TCP options; for IPv6 extra units of a destination options header, 0 without one. */
  readonly networkOptions: number
  readonly tcpOptions: number
}

/** Makes a random super-packet of two or more frames that is no longer than an IP length can say. */
export function superPacket(random: () => number): SuperPacket {
  const below = (limit: number): number => Math.floor(random() * limit)
  const shape: Shape = {
    family: random() < 0.5 ? 4 : 6,
    transport: random() < 0.7 ? 'tcp' : 'udp',
    tags: below(3),
    networkOptions: below(4),
    tcpOptions: below(11),
  }
  const segmentBytes = random() < 0.2 ? 1 + below(64) : 64 + below(9000)
  const most = Math.min(segmentBytes * 100, 65_000 - 200)
  const payload = fill(segmentBytes + 1 + below(most - segmentBytes))
  /* all but FIN, PSH and CWR are the same in every segment, and data always comes with ACK */
  const flags = FLAG.ack | below(256)
  const count = Math.ceil(payload.length / segmentBytes)
  const pieces = Array.from({ length: count }, (_, index) =>
    build(
      shape,
      payload.subarray(index * segmentBytes, (index + 1) * segmentBytes),
      flagsOf(flags, index, count),
    ),
  )
  const { family, transport, tags } = shape
  const frame = build(shape, payload, flags)
  const unsized = random() < 0.2
  if (unsized) unsize(frame, shape)
  return {
    what: `${transport} over IPv${family}, ${tags} tags, ${count} of ${segmentBytes} bytes, flags ${flags}${unsized ? ', no length' : ''}`,
    frame,
    segmentBytes,
    pieces,
  }
}

/** Empties the IP length field, as BIG TCP does. */
function unsize(frame: Uint8Array, { family, tags }: Shape): void {
  const at = 14 + 4 * tags + (family === 4 ? 2 : 4)
  frame.fill(0, at, at + 2)
}

/** Flags of one segment: FIN and PSH belong to the last, CWR to the first (tcp_gso_segment in net/ipv4/tcp_offload.c). */
function flagsOf(flags: number, index: number, count: number): number {
  const first = index === 0 ? flags : flags & ~FLAG.cwr
  return index === count - 1 ? first : first & ~(FLAG.fin | FLAG.psh)
}

function build(shape: Shape, payload: Uint8Array, flags: number): Uint8Array {
  const { family, transport, networkOptions, tcpOptions } = shape
  const body = transport === 'tcp' ? segment(flags, tcpOptions, payload) : udp(53, 4000, payload)
  const protocol = PROTOCOL[transport]
  const link = { tags: Array.from({ length: shape.tags }, () => [0x8100, 7] as const) }
  if (family === 4) {
    return ethernet(TYPE.ipv4, ipv4(protocol, body, { options: fill(networkOptions * 4, 1) }), link)
  }
  const extensions = networkOptions > 0 ? [extension(60, networkOptions - 1)] : []
  return ethernet(TYPE.ipv6, ipv6(protocol, body, { extensions }), link)
}

function segment(flags: number, options: number, payload: Uint8Array): Uint8Array {
  const bytes = tcp(40_000, 443, flags, new Uint8Array([...fill(options * 4, 1), ...payload]))
  bytes[12] = (5 + options) << 4
  return bytes
}
