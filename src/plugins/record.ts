// SPDX-License-Identifier: Apache-2.0

/** Offsets in `struct kept_frame` of native/addon/frame_batches.c, in the order of both machines: little-endian. */
export const AT = {
  time: 0,
  source: 8,
  destination: 24,
  bytes: 40,
  layers: 44,
  wire: 48,
  ipLength: 52,
  captured: 56,
  network: 58,
  transport: 60,
  etherType: 62,
  vlan: 64,
  sourcePort: 66,
  destinationPort: 68,
  tags: 70,
  marks: 71,
  ttl: 72,
  protocol: 73,
  tcpFlags: 74,
  icmpType: 75,
  icmpCode: 76,
  known: 77,
  data: 80,
} as const

export const MARK = { broadcast: 1, multicast: 2, malformed: 4, fragment: 8, later: 16 } as const
export const KNOWN = { ports: 1, flags: 2, type: 4, code: 8 } as const

/** Where the packet that views show lies. */
export interface Cursor {
  batch: Uint8Array
  view: DataView
  at: number
}

/** Makes a cursor at the start of a batch. */
export function cursorOf(batch: Uint8Array): Cursor {
  return { batch, view: new DataView(batch.buffer, batch.byteOffset, batch.byteLength), at: 0 }
}
