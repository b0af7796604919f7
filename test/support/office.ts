// SPDX-License-Identifier: Apache-2.0
import { numbers } from './bytes.ts'
import { ethernet, FLAG, icmp, ipv4, PROTOCOL, TYPE, tcp, udp } from './packets.ts'
import type { Frame } from './pcap.ts'
import { SECOND, START } from './timeline.ts'

/** Frames of a quiet office link that varies from second to second: web, names and pings. */
export function office(seconds: number, seed = 7): Frame[] {
  const random = numbers(seed)
  return Array.from({ length: seconds }, (_, second) => {
    const count = 30 + Math.floor(random() * 20 + random() * 20)
    return Array.from({ length: count }, (_, index): Frame => {
      const at = START + BigInt(second) * SECOND + (BigInt(index) * SECOND) / BigInt(count)
      return { at, data: frame(random) }
    })
  }).flat()
}

/** SYNs from addresses that are all made up, a microsecond apart. */
export function synFlood(count: number, seed = 8): Frame[] {
  const random = numbers(seed)
  return Array.from({ length: count }, (_, index): Frame => {
    const source = `100.${64 + Math.floor(random() * 64)}.${byte(random)}.${byte(random)}`
    const segment = tcp(1024 + (index % 60_000), 443, FLAG.syn)
    const packet = ipv4(PROTOCOL.tcp, segment, { source, destination: '192.0.2.80' })
    return { at: START + BigInt(index) * 1000n, data: ethernet(TYPE.ipv4, packet) }
  })
}

function frame(random: () => number): Uint8Array {
  const [client, server] = [`192.0.2.${10 + (byte(random) % 24)}`, `198.51.100.${byte(random) % 9}`]
  const port = 49_152 + Math.floor(random() * 2000)
  const ends = { source: client, destination: server }
  const back = { source: server, destination: client }
  const draw = random()
  const filling = new Uint8Array(Math.floor(random() * 1200))
  const of = (protocol: number, payload: Uint8Array, way: typeof ends) =>
    ethernet(TYPE.ipv4, ipv4(protocol, payload, way))
  if (draw < 0.04) return of(PROTOCOL.tcp, tcp(port, 443, FLAG.syn), ends)
  if (draw < 0.08) return of(PROTOCOL.tcp, tcp(443, port, FLAG.syn | FLAG.ack), back)
  if (draw < 0.14) return of(PROTOCOL.udp, udp(port, 53, filling.subarray(0, 40)), ends)
  if (draw < 0.16) return of(PROTOCOL.icmp, icmp(8, 0, filling.subarray(0, 56)), ends)
  if (draw < 0.5) return of(PROTOCOL.tcp, tcp(port, 443, FLAG.ack), ends)
  return of(PROTOCOL.tcp, tcp(443, port, FLAG.ack, filling), back)
}

function byte(random: () => number): number {
  return Math.floor(random() * 256)
}
