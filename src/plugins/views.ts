// SPDX-License-Identifier: Apache-2.0

/** What all views have: views are used again for the next packet, so keep values, never a view or its bytes. */
interface Header {
  /**
   * Captured bytes from this layer's header on, what it carries included; of the whole frame 256 bytes are captured at
   * most. Made anew at each use.
   */
  readonly data: Uint8Array
}

/** A frame, whatever it carries. */
export interface PktView extends Header {
  /** Unix nanoseconds. */
  readonly time: bigint
  /** Bytes on the wire without FCS. */
  readonly length: number
  /** After VLAN tags. */
  readonly etherType: number
  /** Of the outermost VLAN tag, which `data` may lack; undefined: untagged. */
  readonly vlan: number | undefined
  readonly vlanTags: number
  readonly broadcast: boolean
  readonly multicast: boolean
  /** Shorter than its link header. */
  readonly malformed: boolean
}

/** RFC 826; what is not captured, or not of Ethernet and IPv4, is undefined. */
export interface ArpView extends Header {
  /** 1 asks, 2 replies. */
  readonly operation: number | undefined
  /** IPv4 addresses. */
  readonly sender: string | undefined
  readonly target: string | undefined
}

interface NetworkView extends Header {
  /** Addresses as text, made at each use: to compare many of them, use the bytes. */
  readonly source: string
  readonly destination: string
  readonly sourceBytes: Uint8Array
  readonly destinationBytes: Uint8Array
  /** Bytes of the packet, its own header included. */
  readonly length: number
  /** After IPv6 extension headers. */
  readonly protocol: number
  readonly fragment: boolean
  /** A fragment after the first: it has no transport header. */
  readonly laterFragment: boolean
}

/** An IP packet of either family whose header is whole. */
export interface IpView extends NetworkView {
  readonly version: 4 | 6
  /** Time to live or hop limit. */
  readonly ttl: number
}

export interface IPv4View extends NetworkView {
  readonly ttl: number
}

export interface IPv6View extends NetworkView {
  readonly hopLimit: number
}

/** ICMP or ICMPv6; what is not captured is undefined. */
export interface IcmpView extends Header {
  readonly type: number | undefined
  readonly code: number | undefined
}

interface PortsView extends Header {
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  /** Bytes behind the header. */
  readonly payloadLength: number | undefined
}

/** A TCP segment over either family; what is not captured is undefined. */
export interface TcpView extends PortsView {
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  readonly flags: number | undefined
  readonly sequence: number | undefined
  readonly acknowledgement: number | undefined
  /** Not scaled. */
  readonly window: number | undefined
}

/** A UDP datagram over either family; what is not captured is undefined. */
export type UdpView = PortsView

/** What `process` is given, by the layer. */
export interface LayerViews {
  readonly PKT: PktView
  readonly ARP: ArpView
  readonly IP: IpView
  readonly IPv4: IPv4View
  readonly IPv6: IPv6View
  readonly ICMPv4: IcmpView
  readonly ICMPv6: IcmpView
  readonly TCP: TcpView
  readonly UDP: UdpView
}

/** Layers that plugins' counters and groups may be attached to. */
export type PluginLayer = keyof LayerViews
