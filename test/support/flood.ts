// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs'
import { numbers } from './bytes.ts'
import { ethernet, FLAG, ipv4, PROTOCOL, TYPE, tcp } from './packets.ts'
import { pcapHeader, pcapRecord } from './pcap.ts'
import { zipf } from './zipf.ts'

const START = 1_700_000_000
const CHUNK_RECORDS = 16_384
/** In a record: its header's seconds, microseconds and wire length, then the frame's fields. */
const AT = { seconds: 0, microseconds: 4, wire: 12, total: 32, source: 42, port: 50 } as const

export interface FloodOptions {
  /** Packets of Zipf-distributed sources. */
  readonly packets: number
  /** Packets that each have a source of their own. */
  readonly spoofed: number
  /** Sources of the first; 200,000 by default. */
  readonly keys?: number
  /** Of their distribution; 1.1 by default. */
  readonly exponent?: number
  readonly seed?: number
  /** Seconds that the packets are evenly spread over; 10 by default. */
  readonly seconds?: number
}

/** What one source sent, its address as 32 bits. */
export interface SourceSum {
  readonly source: number
  readonly packets: number
  /** On the wire. */
  readonly bytes: number
}

/** What the capture holds, exactly. */
export interface FloodTruth {
  readonly packets: number
  readonly bytes: number
  /** What the source sent; undefined for a spoofed one and for one that sent nothing. */
  of(source: number): SourceSum | undefined
  /** The greatest sources, those that are not spoofed, in falling order; of ties the smaller address first. */
  top(count: number, by: 'packets' | 'bytes'): SourceSum[]
}

/** Scatters 10.0.0.0/8: an odd multiplier keeps addresses apart. */
const real = (key: number): number => 0x0a000000 + (Math.imul(key, 0x9e3779b1) & 0xffffff)

/** Scatters 64.0.0.0/2. */
const forged = (number: number): number => 0x40000000 + (Math.imul(number, 0x9e3779b1) & 0x3fffffff)

/** Writes a pcap file of TCP SYNs, cut after their headers, of a random mixture of real and spoofed sources. */
export function writeFlood(path: string, options: FloodOptions): FloodTruth {
  const { keys = 200_000, exponent = 1.1, seed = 1, seconds = 10 } = options
  const all = options.packets + options.spoofed
  const [draw, random] = [zipf(keys, exponent, seed), numbers(seed + 1)]
  const [packets, bytes] = [new Uint32Array(keys), new Float64Array(keys)]
  const template = record()
  const chunk = new DataView(new ArrayBuffer(CHUNK_RECORDS * template.length))
  const chunkBytes = new Uint8Array(chunk.buffer)
  for (let at = 0; at < chunkBytes.length; at += template.length) chunkBytes.set(template, at)
  const file = openSync(path, 'wx')
  let sum = 0
  try {
    writeWhole(file, pcapHeader())
    let at = 0
    for (let number = 0, left = options.packets; number < all; number++) {
      const own = random() * (all - number) >= left
      const key = own ? 0 : draw()
      const length = own ? 60 : 60 + ((key * 37) % 1400)
      if (!own) {
        left--
        packets[key] = (packets[key] ?? 0) + 1
        bytes[key] = (bytes[key] ?? 0) + length
      }
      sum += length
      const microseconds = Math.floor((number / all) * seconds * 1e6)
      chunk.setUint32(at + AT.seconds, START + Math.floor(microseconds / 1e6), true)
      chunk.setUint32(at + AT.microseconds, microseconds % 1e6, true)
      chunk.setUint32(at + AT.wire, length, true)
      chunk.setUint16(at + AT.total, length - 14)
      chunk.setUint32(at + AT.source, own ? forged(number) : real(key))
      chunk.setUint16(at + AT.port, 1024 + (number % 60_000))
      at += template.length
      if (at === chunkBytes.length || number + 1 === all) {
        writeWhole(file, chunkBytes.subarray(0, at))
        at = 0
      }
    }
  } finally {
    closeSync(file)
  }
  return truth(all, sum, packets, bytes)
}

function record(): Uint8Array {
  const segment = tcp(0, 443, FLAG.syn)
  const data = ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, segment, { source: '0.0.0.0' }))
  return pcapRecord({ at: 0n, data })
}

function writeWhole(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at)
}

function truth(
  packets: number,
  bytes: number,
  packetsOf: Uint32Array,
  bytesOf: Float64Array,
): FloodTruth {
  const sums = new Map<number, SourceSum>()
  for (const [key, count] of packetsOf.entries()) {
    const source = real(key)
    if (count > 0) sums.set(source, { source, packets: count, bytes: bytesOf[key] ?? 0 })
  }
  return {
    packets,
    bytes,
    of: (source) => sums.get(source),
    top: (count, by) =>
      [...sums.values()].sort((a, b) => b[by] - a[by] || a.source - b.source).slice(0, count),
  }
}
