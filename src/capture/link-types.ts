// SPDX-License-Identifier: Apache-2.0
import type { Piece } from '../counters/added-sums.ts'

/** Magic numbers of pcap files, in their own byte order: with microseconds and with nanoseconds. */
const PCAP: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d]
const PCAP_LINK = 20
const SECTION = 0x0a0d0d0a
const BYTE_ORDER = 0x1a2b3c4d
const PORT = 1
const BLOCK_BYTES = 12

/**
 * Makes the function that finds the link types (LINKTYPE_…) of the packets in a capture file's pieces, which follow
 * each other and may overlap; of pcapng those of the interfaces described in a piece. What is broken ends the search.
 */
export function linkTypeScanner(): (piece: Piece) => ReadonlySet<number> {
  let next = 0
  let [isNext, little] = [false, true]

  return ({ bytes, from, to, offset }) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const found = new Set<number>()
    let at = from + Math.max(0, next - offset)
    if (next === 0) {
      if (to - at < PCAP_LINK + 4) return found
      const pcap = [true, false].find((order) => PCAP.includes(view.getUint32(at, order)))
      isNext = pcap === undefined
      /* the upper bits may tell of checksums */
      if (pcap !== undefined) {
        next = Number.POSITIVE_INFINITY
        return found.add(view.getUint32(at + PCAP_LINK, pcap) & 0xffff)
      }
    }
    while (isNext && to - at >= BLOCK_BYTES) {
      if (view.getUint32(at) === SECTION) little = view.getUint32(at + 8, true) === BYTE_ORDER
      const length = view.getUint32(at + 4, little)
      if (length < BLOCK_BYTES || length % 4 > 0) {
        next = Number.POSITIVE_INFINITY
        isNext = false
        break
      }
      if (to - at < length) break
      if (view.getUint32(at, little) === PORT) found.add(view.getUint16(at + 8, little))
      at += length
      next = offset + at - from
    }
    return found
  }
}
