// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs'
import { numbers } from './bytes.ts'
import { arp, ethernet, FLAG, ipv4, padded, TYPE, tcp, udp } from './packets.ts'
import { type Frame, pcap } from './pcap.ts'

/** What a small server sees: connections, lookups and now and then ARP, at random times. */
export interface Calm {
  readonly seconds: number
  /** Frames a second, on average. */
  readonly rate: number
  /** Unix seconds of the first. */
  readonly start: number
  readonly seed: number
}

/** Writes a capture of ordinary traffic. */
export function writeCalm(path: string, { seconds, rate, start, seed }: Calm): void {
  const random = numbers(seed)
  const templates = Array.from({ length: 400 }, () => calmFrame(random))
  const frames: Frame[] = []
  for (let at = 0; ; ) {
    /* a Poisson process */
    at -= Math.log(1 - random()) / rate
    if (at > seconds) break
    const data = templates[Math.floor(random() * templates.length)] ?? new Uint8Array(60)
    frames.push({ at: BigInt(Math.round((start + at) * 1e6)) * 1000n, data })
  }
  writeFileSync(path, pcap(frames))
}

function calmFrame(random: () => number): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit)
  const between = { source: `10.1.0.${1 + below(30)}`, destination: '10.1.1.1' }
  const kind = random()
  const body = new Uint8Array(below(1200))
  const port = 40_000 + below(500)
  if (kind < 0.03) return padded(ethernet(TYPE.arp, arp(1, between.source, '10.1.1.1')))
  if (kind < 0.2) return padded(ethernet(TYPE.ipv4, ipv4(17, udp(port, 53, body), between)))
  const flags = kind < 0.25 ? FLAG.syn : kind < 0.3 ? FLAG.fin | FLAG.ack : FLAG.ack
  const carried = kind < 0.3 ? new Uint8Array() : body
  return padded(ethernet(TYPE.ipv4, ipv4(6, tcp(port, 443, flags, carried), between)))
}

/** Writes SYNs of so many forged sources, to be sent at any rate. */
export function writeSynFlood(path: string, packets: number): void {
  const random = numbers(7)
  const octet = () => 1 + Math.floor(random() * 250)
  const frames = Array.from({ length: packets }, (_, index) => {
    const source = `${octet()}.${octet()}.${octet()}.${octet()}`
    const segment = tcp(1024 + (index % 60_000), 443, FLAG.syn)
    const packet = ipv4(6, segment, { source, destination: '10.1.1.1' })
    return { at: BigInt(index) * 333_333n, data: padded(ethernet(TYPE.ipv4, packet)) }
  })
  writeFileSync(path, pcap(frames))
}
