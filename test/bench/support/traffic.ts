// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, writeSync } from 'node:fs'
import { fill, numbers } from '../../support/bytes.ts'
import * as p from '../../support/packets.ts'
import { pcapHeader, pcapRecord } from '../../support/pcap.ts'

const START = 1_700_000_000
const RECORDS = 16_384
const CHUNK = 4 * 2 ** 20
const LARGEST = 16 + 1514

type Random = () => number

/** Bytes of payload: half the segments carry none, a quarter are full, the others in between. */
function payloadBytes(random: Random, full: number): number {
  const kind = random()
  return kind < 0.5 ? 0 : kind < 0.75 ? full : Math.floor(random() * 600)
}

/** A frame between one of some thousand hosts and one of some hundred servers. */
function randomFrame(random: Random): Uint8Array {
  const pick = (below: number): number => Math.floor(random() * below)
  const host = pick(4000)
  const server = pick(300)
  const port = 32768 + pick(28_000)
  const four = {
    source: `10.1.${host >> 8}.${host & 255}`,
    destination: `198.51.${server >> 8}.${server & 255}`,
  }
  const six = {
    source: `2001:db8:1::${host.toString(16)}`,
    destination: `2001:db8:2::${server.toString(16)}`,
  }
  const ip = (protocol: number, payload: Uint8Array): Uint8Array =>
    random() < 0.25
      ? p.ethernet(p.TYPE.ipv6, p.ipv6(protocol, payload, six))
      : p.ethernet(p.TYPE.ipv4, p.ipv4(protocol, payload, four))
  const kind = random()
  if (kind < 0.78) {
    const payload = fill(payloadBytes(random, 1440))
    const flags = payload.length
      ? p.FLAG.psh | p.FLAG.ack
      : random() < 0.1
        ? p.FLAG.syn
        : p.FLAG.ack
    return ip(p.PROTOCOL.tcp, p.tcp(port, random() < 0.8 ? 443 : 22, flags, payload))
  }
  if (kind < 0.94) return ip(p.PROTOCOL.udp, p.udp(port, 53, fill(40 + pick(400))))
  if (kind < 0.96)
    return p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.icmp, p.icmp(8, 0, fill(56)), four))
  if (kind < 0.98)
    return p.ethernet(p.TYPE.ipv6, p.ipv6(p.PROTOCOL.icmp6, p.icmp(128, 0, fill(56)), six))
  return p.ethernet(p.TYPE.arp, p.arp(1, four.source, four.destination))
}

/** Writes a pcap file of so many frames of mixed traffic, evenly spread over the seconds; gives its bytes. */
export function writeTraffic(path: string, frames: number, seconds: number, seed = 1): number {
  const random = numbers(seed)
  const records = Array.from({ length: RECORDS }, () =>
    pcapRecord({ at: 0n, data: p.padded(randomFrame(random)).subarray(0, LARGEST - 16) }),
  )
  const chunk = Buffer.alloc(CHUNK + LARGEST)
  const file = openSync(path, 'wx')
  let bytes = 0
  try {
    let filled = 0
    const flush = (): void => {
      for (let at = 0; at < filled; ) at += writeSync(file, chunk, at, filled - at)
      bytes += filled
      filled = 0
    }
    chunk.set(pcapHeader())
    filled = pcapHeader().length
    for (let frame = 0; frame < frames; frame++) {
      /* squared: some flows carry far more than others */
      const record = records[Math.floor(random() ** 2 * RECORDS)] ?? new Uint8Array()
      const microseconds = Math.floor((frame / frames) * seconds * 1e6)
      chunk.set(record, filled)
      chunk.writeUInt32LE(START + Math.floor(microseconds / 1e6), filled)
      chunk.writeUInt32LE(microseconds % 1e6, filled + 4)
      filled += record.length
      if (filled >= CHUNK) flush()
    }
    flush()
  } finally {
    closeSync(file)
  }
  return bytes
}
