// SPDX-License-Identifier: Apache-2.0
import { dataFrom } from './network-views.ts'
import { AT, type Cursor, KNOWN } from './record.ts'
import type { IcmpView, TcpView, UdpView } from './views.ts'

/** Bytes of a UDP header, RFC 768. */
const UDP_BYTES = 8

/** Shows the ICMP message at the cursor, of either family. */
export function icmpView(cursor: Cursor): IcmpView {
  const { known, byte, data } = reader(cursor)
  return {
    get data() {
      return data()
    },
    get type() {
      return known(KNOWN.type) ? byte(AT.icmpType) : undefined
    },
    get code() {
      return known(KNOWN.code) ? byte(AT.icmpCode) : undefined
    },
  }
}

/** Shows the TCP segment at the cursor. */
export function tcpView(cursor: Cursor): TcpView {
  const { known, byte, half, data, big, room } = reader(cursor)
  return {
    get data() {
      return data()
    },
    get sourcePort() {
      return known(KNOWN.ports) ? half(AT.sourcePort) : undefined
    },
    get destinationPort() {
      return known(KNOWN.ports) ? half(AT.destinationPort) : undefined
    },
    get flags() {
      return known(KNOWN.flags) ? byte(AT.tcpFlags) : undefined
    },
    get sequence() {
      return known(KNOWN.flags) ? big(4, 4) : undefined
    },
    get acknowledgement() {
      return known(KNOWN.flags) ? big(8, 4) : undefined
    },
    get window() {
      return known(KNOWN.flags) ? big(14, 2) : undefined
    },
    get payloadLength() {
      const words = known(KNOWN.flags) ? big(12, 1) : undefined
      return words === undefined ? undefined : room((words >> 4) * 4)
    },
  }
}

/** Shows the UDP datagram at the cursor. */
export function udpView(cursor: Cursor): UdpView {
  const { known, half, data, room } = reader(cursor)
  return {
    get data() {
      return data()
    },
    get sourcePort() {
      return known(KNOWN.ports) ? half(AT.sourcePort) : undefined
    },
    get destinationPort() {
      return known(KNOWN.ports) ? half(AT.destinationPort) : undefined
    },
    get payloadLength() {
      return room(UDP_BYTES)
    },
  }
}

function reader(cursor: Cursor) {
  const byte = (offset: number): number => cursor.view.getUint8(cursor.at + offset)
  const half = (offset: number): number => cursor.view.getUint16(cursor.at + offset, true)
  return {
    byte,
    half,
    known: (bit: number): boolean => (byte(AT.known) & bit) !== 0,
    data: () => dataFrom(cursor, half(AT.transport)),
    /** A number of the header, in network order; undefined when it is not captured. */
    big(offset: number, bytes: 1 | 2 | 4): number | undefined {
      const from = half(AT.transport) + offset
      if (from + bytes > half(AT.captured)) return undefined
      const at = cursor.at + AT.data + from
      if (bytes === 4) return cursor.view.getUint32(at)
      return bytes === 2 ? cursor.view.getUint16(at) : cursor.view.getUint8(at)
    },
    /** Bytes of the IP packet behind a transport header of this length; none where the lengths contradict. */
    room(header: number): number {
      const before = half(AT.transport) - half(AT.network) + header
      return Math.max(0, cursor.view.getUint32(cursor.at + AT.ipLength, true) - before)
    },
  }
}
