// SPDX-License-Identifier: Apache-2.0
import { addressText } from '../groups/address-text.ts'
import { AT, type Cursor, MARK } from './record.ts'
import type { ArpView, IPv4View, IPv6View, IpView, PktView } from './views.ts'

/** VLAN_KNOWN of native/core/layers.h. */
const VLAN_KNOWN = 0x1000

/** Bytes that were captured from an offset of the frame on. */
export function dataFrom({ batch, view, at }: Cursor, offset: number): Uint8Array {
  const start = at + AT.data
  const end = start + view.getUint16(at + AT.captured, true)
  return batch.subarray(Math.min(start + offset, end), end)
}

/** Shows the frame at the cursor. */
export function pktView(cursor: Cursor): PktView {
  const marked = (mark: number): boolean =>
    (cursor.view.getUint8(cursor.at + AT.marks) & mark) !== 0
  return {
    get data() {
      return dataFrom(cursor, 0)
    },
    get time() {
      return cursor.view.getBigUint64(cursor.at + AT.time, true)
    },
    get length() {
      return cursor.view.getUint32(cursor.at + AT.wire, true)
    },
    get etherType() {
      return cursor.view.getUint16(cursor.at + AT.etherType, true)
    },
    get vlan() {
      const vlan = cursor.view.getUint16(cursor.at + AT.vlan, true)
      return vlan & VLAN_KNOWN ? vlan & 0xfff : undefined
    },
    get vlanTags() {
      return cursor.view.getUint8(cursor.at + AT.tags)
    },
    get broadcast() {
      return marked(MARK.broadcast)
    },
    get multicast() {
      return marked(MARK.multicast)
    },
    get malformed() {
      return marked(MARK.malformed)
    },
  }
}

/** Shows the ARP packet at the cursor. */
export function arpView(cursor: Cursor): ArpView {
  const data = (): Uint8Array =>
    dataFrom(cursor, cursor.view.getUint16(cursor.at + AT.network, true))
  const address = (offset: number): string | undefined => {
    const bytes = data()
    /* lengths of the addresses: Ethernet's and IPv4's */
    const usual = bytes[4] === 6 && bytes[5] === 4 && bytes.length >= offset + 4
    return usual ? bytes.subarray(offset, offset + 4).join('.') : undefined
  }
  return {
    get data() {
      return data()
    },
    get operation() {
      const [high, low] = data().subarray(6, 8)
      return high === undefined || low === undefined ? undefined : high * 256 + low
    },
    get sender() {
      return address(14)
    },
    get target() {
      return address(24)
    },
  }
}

/** Shows the IP packet at the cursor, whichever family it is of. */
export function ipView(cursor: Cursor): IpView & IPv4View & IPv6View {
  const byte = (offset: number): number => cursor.view.getUint8(cursor.at + offset)
  const half = (offset: number): number => cursor.view.getUint16(cursor.at + offset, true)
  const word = (offset: number): bigint => cursor.view.getBigUint64(cursor.at + offset, true)
  const text = (offset: number): string =>
    addressText({ high: word(offset), low: word(offset + 8) })
  const data = (): Uint8Array => dataFrom(cursor, half(AT.network))
  const version = (): 4 | 6 =>
    (cursor.view.getUint32(cursor.at + AT.layers, true) & 4) === 0 ? 6 : 4
  return {
    get data() {
      return data()
    },
    get version() {
      return version()
    },
    get source() {
      return text(AT.source)
    },
    get destination() {
      return text(AT.destination)
    },
    get sourceBytes() {
      return version() === 4 ? data().subarray(12, 16) : data().subarray(8, 24)
    },
    get destinationBytes() {
      return version() === 4 ? data().subarray(16, 20) : data().subarray(24, 40)
    },
    get length() {
      return cursor.view.getUint32(cursor.at + AT.ipLength, true)
    },
    get protocol() {
      return byte(AT.protocol)
    },
    get ttl() {
      return byte(AT.ttl)
    },
    get hopLimit() {
      return byte(AT.ttl)
    },
    get fragment() {
      return (byte(AT.marks) & MARK.fragment) !== 0
    },
    get laterFragment() {
      return (byte(AT.marks) & MARK.later) !== 0
    },
  }
}
