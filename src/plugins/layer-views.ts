// SPDX-License-Identifier: Apache-2.0
import { arpView, ipView, pktView } from './network-views.ts'
import type { Cursor } from './record.ts'
import { icmpView, tcpView, udpView } from './transport-views.ts'
import type { LayerViews } from './views.ts'

/** Makes the views of the packet that a cursor is at; each shows its own layer's fields and no other. */
export function layerViews(cursor: Cursor): LayerViews {
  const ip = ipView(cursor)
  return {
    PKT: pktView(cursor),
    ARP: arpView(cursor),
    IP: ip,
    IPv4: ip,
    IPv6: ip,
    ICMPv4: icmpView(cursor),
    ICMPv6: icmpView(cursor),
    TCP: tcpView(cursor),
    UDP: udpView(cursor),
  }
}
