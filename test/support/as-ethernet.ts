// SPDX-License-Identifier: Apache-2.0
import { join, u16 } from './bytes.ts'
import type { LinkFrame } from './read-pcap.ts'

const NONE = 0xffff
const [IPV4, IPV6] = [0x0800, 0x86dd]
const FAMILIES: Readonly<Record<number, number>> = {
  2: IPV4,
  10: IPV6,
  24: IPV6,
  28: IPV6,
  30: IPV6,
}
const PPP: Readonly<Record<number, number>> = { 33: IPV4, 87: IPV6 }

/** Bytes of the link header, and the EtherType of what follows. */
type Link = readonly [number, number]

/** Puts an Ethernet header in front of a packet of any link type, for the parser that knows Ethernet alone. */
export function asEthernet({ link, data }: LinkFrame): Uint8Array {
  if (link === 1) return data
  const [header, type] = linkOf(link, Buffer.from(data))
  const whole = header <= data.length
  return join(new Uint8Array(12), u16(whole ? type : NONE), data.subarray(whole ? header : 0))
}

function linkOf(link: number, data: Buffer): Link {
  const number = (at: number): number => (at + 2 <= data.length ? data.readUInt16BE(at) : NONE)
  switch (link) {
    case 0:
    case 108:
      return [4, loopback(data)]
    case 9:
      return ppp(data)
    case 12:
    case 14:
    case 101:
      return [0, { 4: IPV4, 6: IPV6 }[(data[0] ?? 0) >> 4] ?? NONE]
    case 50:
      return data[0] === 0x0f || data[0] === 0x8f ? [4, number(2)] : ppp(data)
    case 104:
      return [4, number(2)]
    case 113:
      return [16, number(14)]
    case 228:
      return [0, IPV4]
    case 229:
      return [0, IPV6]
    case 276:
      return [20, number(0)]
    default:
      return [0, NONE]
  }
}

/** A loopback header holds the address family, in the byte order of the machine that wrote it. */
function loopback(data: Buffer): number {
  if (data.length < 4) return NONE
  return FAMILIES[data.readUInt32LE(0)] ?? FAMILIES[data.readUInt32BE(0)] ?? NONE
}

/** RFC 1661 and 1662: address and control may be missing, and the protocol be one odd byte. */
function ppp(data: Buffer): Link {
  const framing = data[0] === 0xff ? 2 : 0
  const first = data[framing] ?? 0
  const protocol = first & 1 ? first : first * 256 + (data[framing + 1] ?? 0)
  return [framing + (first & 1 ? 1 : 2), PPP[protocol] ?? NONE]
}
