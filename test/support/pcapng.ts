// SPDX-License-Identifier: Apache-2.0
import { join } from './bytes.ts'
import { type Frame, packer } from './pcap.ts'

export interface Port {
  readonly link?: number
  readonly snaplen?: number
  /** Option if_tsresol: a power of ten, or of two when bit 7 is set; 6 without the option. */
  readonly resolution?: number
}

export interface PcapngOptions {
  readonly bigEndian?: boolean
  readonly ports?: readonly Port[]
  /** Writes the frames of port 0 as Simple Packet Blocks, which carry no time. */
  readonly simple?: boolean
  /** Puts a block of an unknown type before every n-th packet. */
  readonly unknownEvery?: number
}

/** One block: type, length, body padded to four bytes, length again. */
export function block(type: number, body: Uint8Array, bigEndian = false): Uint8Array {
  const pad = new Uint8Array((4 - (body.length % 4)) % 4)
  const length = 12 + body.length + pad.length
  const pack = packer(bigEndian)
  return join(pack([4, type], [4, length]), body, pad, pack([4, length]))
}

/** The Section Header Block. */
export function section(bigEndian = false): Uint8Array {
  const pack = packer(bigEndian)
  const unknownLength = [4, 0xffffffff] as const
  return block(
    0x0a0d0d0a,
    pack([4, 0x1a2b3c4d], [2, 1], [2, 0], unknownLength, unknownLength),
    bigEndian,
  )
}

/** An Interface Description Block. */
export function interfaceBlock(port: Port, bigEndian = false): Uint8Array {
  const pack = packer(bigEndian)
  const { link = 1, snaplen = 262144, resolution } = port
  const options =
    resolution === undefined
      ? new Uint8Array()
      : join(pack([2, 9], [2, 1], [1, resolution]), new Uint8Array(3), pack([2, 0], [2, 0]))
  return block(1, join(pack([2, link], [2, 0], [4, snaplen]), options), bigEndian)
}

/** An Enhanced Packet Block, or a Simple Packet Block without time. */
export function packetBlock(frame: Frame, options: PcapngOptions = {}): Uint8Array {
  const { bigEndian = false, ports = [{}], simple = false } = options
  const pack = packer(bigEndian)
  const wire = frame.wire ?? frame.data.length
  const port = frame.port ?? 0
  if (simple && port === 0) return block(3, join(pack([4, wire]), frame.data), bigEndian)
  const ticks = inTicks(frame.at, ports[port]?.resolution ?? 6)
  const time = [[4, Number(ticks >> 32n)] as const, [4, Number(ticks & 0xffffffffn)] as const]
  const head = pack([4, port], ...time, [4, frame.data.length], [4, wire])
  return block(6, join(head, frame.data), bigEndian)
}

/** A pcapng file of one section. */
export function pcapng(frames: readonly Frame[], options: PcapngOptions = {}): Uint8Array {
  const { bigEndian = false, ports = [{}], unknownEvery = 0 } = options
  const unknown = block(0x0bad, new Uint8Array([1, 2, 3, 4, 5]), bigEndian)
  return join(
    section(bigEndian),
    ...ports.map((port) => interfaceBlock(port, bigEndian)),
    ...frames.flatMap((frame, at) => {
      const packet = packetBlock(frame, options)
      return unknownEvery > 0 && at % unknownEvery === 0 ? [unknown, packet] : [packet]
    }),
  )
}

function inTicks(nanoseconds: bigint, resolution: number): bigint {
  const power = BigInt(resolution & 0x7f)
  const perSecond = resolution & 0x80 ? 2n ** power : 10n ** power
  return (nanoseconds * perSecond) / 1_000_000_000n
}
