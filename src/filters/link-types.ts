// SPDX-License-Identifier: Apache-2.0

/** Link types (www.tcpdump.org/linktypes.html) that libpcap knows by another number on this platform. */
const DATA_LINKS: ReadonlyMap<number, number> = new Map([
  [100, 11], // RFC 1483 ATM
  [101, 12], // no link header
  [102, 15], // BSD/OS SLIP
  [103, 16], // BSD/OS PPP
])

/** LINKTYPE_… of frames with an Ethernet header. */
export const ETHERNET = 1

/** LINKTYPE_… of packets without a link header. */
export const RAW = 101

/** libpcap's number (DLT_…) of a link type as capture files have it. */
export function dataLink(linkType: number): number {
  return DATA_LINKS.get(linkType) ?? linkType
}
