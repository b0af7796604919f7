// SPDX-License-Identifier: Apache-2.0
import { gunzipSync } from 'node:zlib'
import type { Frame } from './pcap.ts'

/** A record with the link type of its interface. */
export interface LinkFrame extends Frame {
  readonly link: number
}

const LARGEST = 16 * 2 ** 20

/** Reads pcap and pcapng, plain or gzip, up to the first structural error. */
export function readCapture(file: Uint8Array): LinkFrame[] {
  const plain = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
  if (view.byteLength < 12) return []
  const magic = view.getUint32(0)
  return magic === 0x0a0d0d0a ? [...readPcapng(view)] : [...readPcap(view)]
}

function bytes(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}

function* readPcap(view: DataView): Generator<LinkFrame> {
  const magic = view.getUint32(0)
  const little = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1
  const unit = { 2712847316: 1000n, 2712812621: 1n }[view.getUint32(0, little)]
  if (unit === undefined || view.byteLength < 24) return
  const link = view.getUint32(20, little) & 0xffff
  const minor = view.getUint16(6, little)
  for (let at = 24; at + 16 <= view.byteLength; ) {
    const number = (offset: number): number => view.getUint32(at + offset, little)
    /* files of version 2.3 and older may have the two lengths the other way round */
    const swapped = minor <= 3 && number(8) > number(12)
    const [captured, wire] = swapped ? [number(12), number(8)] : [number(8), number(12)]
    if (captured > LARGEST || at + 16 + captured > view.byteLength) return
    const time = BigInt(number(0)) * 1_000_000_000n + BigInt(number(4)) * unit
    yield { at: time, data: bytes(view, at + 16, captured), wire, link }
    at += 16 + captured
  }
}

interface OpenPort {
  readonly link: number
  readonly snaplen: number
  /** Ticks a second. */
  readonly rate: bigint
}

function* readPcapng(view: DataView): Generator<LinkFrame> {
  let little = true
  let ports: OpenPort[] = []
  for (let at = 0; at + 12 <= view.byteLength; ) {
    const head = view.getUint32(at) === 0x0a0d0d0a
    if (head) {
      little = view.getUint32(at + 8) === 0x4d3c2b1a
      ports = []
    }
    const type = view.getUint32(at, little)
    const length = view.getUint32(at + 4, little)
    const sound =
      length >= 12 && length % 4 === 0 && length <= LARGEST && at + length <= view.byteLength
    if (!sound) return
    const number = (offset: number): number => view.getUint32(at + offset, little)
    if (type === 1) ports.push(openPort(view, at, length, little))
    if (type === 3 || type === 6) {
      const port = ports[type === 6 ? number(8) : 0]
      if (!port) return
      const wire = number(type === 6 ? 24 : 8)
      const limit = port.snaplen === 0 ? LARGEST : port.snaplen
      const captured = type === 6 ? number(20) : Math.min(wire, limit, length - 16)
      const start = type === 6 ? 28 : 12
      if (start + captured + 4 > length) return
      const ticks = type === 6 ? (BigInt(number(12)) << 32n) | BigInt(number(16)) : 0n
      const time = (ticks * 1_000_000_000n) / port.rate
      yield { at: time, data: bytes(view, at + start, captured), wire, link: port.link }
    }
    at += length
  }
}

function openPort(view: DataView, at: number, length: number, little: boolean): OpenPort {
  let rate = 1_000_000n
  for (let option = at + 16; option + 4 <= at + length - 4; ) {
    const code = view.getUint16(option, little)
    const size = view.getUint16(option + 2, little)
    if (code === 0) break
    if (code === 9) {
      const value = view.getUint8(option + 4)
      rate = value & 0x80 ? 2n ** BigInt(value & 0x7f) : 10n ** BigInt(value)
    }
    option += 4 + Math.ceil(size / 4) * 4
  }
  return { link: view.getUint16(at + 8, little), snaplen: view.getUint32(at + 12, little), rate }
}
