// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib'
import { join } from './bytes.ts'

/** One record of a capture file. */
export interface Frame {
  /** Unix time in nanoseconds. */
  readonly at: bigint
  /** Captured bytes. */
  readonly data: Uint8Array
  /** Length on the wire when the capture was cut; the captured length otherwise. */
  readonly wire?: number
  /** Index of the interface (pcapng only). */
  readonly port?: number
}

export interface PcapOptions {
  readonly nanoseconds?: boolean
  readonly bigEndian?: boolean
  /** Link type; 1 is Ethernet. */
  readonly link?: number
  readonly snaplen?: number
}

type Width = 1 | 2 | 4
/** Writes fixed-width numbers in one byte order: [width, value] pairs. */
type Pack = (...fields: readonly (readonly [Width, number])[]) => Uint8Array

/** Packs numbers in the given byte order. */
export function packer(bigEndian: boolean): Pack {
  return (...fields) =>
    join(
      ...fields.map(([width, value]) => {
        const bytes = new DataView(new ArrayBuffer(width))
        if (width === 1) bytes.setUint8(0, value)
        else if (width === 2) bytes.setUint16(0, value, !bigEndian)
        else bytes.setUint32(0, value, !bigEndian)
        return new Uint8Array(bytes.buffer)
      }),
    )
}

/** The 24-byte header of a pcap file. */
export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { nanoseconds = false, bigEndian = false, link = 1, snaplen = 262144 } = options
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4
  return packer(bigEndian)([4, magic], [2, 2], [2, 4], [4, 0], [4, 0], [4, snaplen], [4, link])
}

/** One record of a pcap file. */
export function pcapRecord(frame: Frame, options: PcapOptions = {}): Uint8Array {
  const { nanoseconds = false, bigEndian = false } = options
  const fraction = Number(frame.at % 1_000_000_000n)
  return join(
    packer(bigEndian)(
      [4, Number(frame.at / 1_000_000_000n)],
      [4, nanoseconds ? fraction : Math.floor(fraction / 1000)],
      [4, frame.data.length],
      [4, frame.wire ?? frame.data.length],
    ),
    frame.data,
  )
}

/** A pcap file. */
export function pcap(frames: readonly Frame[], options: PcapOptions = {}): Uint8Array {
  return join(pcapHeader(options), ...frames.map((frame) => pcapRecord(frame, options)))
}

/** Compresses a capture file. */
export function gzip(file: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(file))
}
