// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t from 'tap'
import { type Addon, type Handle, loadAddon } from '../../src/native/binding.ts'
import { numbers } from '../support/bytes.ts'
import { type SuperPacket, superPacket } from '../support/frames-segment.ts'
import { countFrames, DISTINCT_NAMES } from '../support/truth.ts'

const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const addon = loadAddon()

/** Sums and buckets of a source by name. */
function counted(addon: Addon, handle: Handle): Record<string, number> {
  const { slots, clocks } = addon.sizes(14)
  const into = new BigUint64Array(slots)
  addon.look(handle, into, new BigUint64Array(clocks), new BigUint64Array(1))
  const entries = addon.catalog().flatMap(({ name, kind, index, bounds }) => {
    if (kind === 'sum') return [[name, Number(into[index])] as const]
    if (kind !== 'histogram') return []
    return Array.from({ length: bounds.length + 1 }, (_, bucket) => {
      return [`${name}[${bucket}]`, Number(into[index + bucket])] as const
    })
  })
  return Object.fromEntries(entries)
}

/** The same of the frames on the wire, by a parser of its own. */
function expected({ pieces }: SuperPacket): Record<string, number> {
  const data = pieces.map((piece) => ({ at: 0n, data: piece }))
  const { counters, histograms } = countFrames(data)
  const sums = Object.entries(counters).filter(([name]) => !DISTINCT_NAMES.has(name))
  const buckets = histograms.SIZES.counts.map((count, at) => [`SIZES[${at}]`, count] as const)
  return Object.fromEntries([...sums, ...buckets])
}

function count(
  packet: SuperPacket,
  segments: number,
  segmentBytes: number,
): Record<string, number> {
  const handle = addon.openFrames(1, 14, 1n)
  const { frame } = packet
  addon.countFrame(handle, 0, frame, frame.length, segments, segmentBytes)
  const result = counted(addon, handle)
  addon.close(handle)
  return result
}

t.test(`a super-packet counts as the frames on the wire, seed ${SEED}`, async (t) => {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  const random = numbers(SEED)
  const packets = Array.from({ length: 200 }, () => superPacket(random))
  for (const packet of packets) {
    const truth = expected(packet)
    t.same(count(packet, packet.pieces.length, packet.segmentBytes), truth, packet.what)
    t.same(count(packet, 0, packet.segmentBytes), truth, `${packet.what}, number not told`)
  }
  const kinds = new Set(packets.map(({ what }) => what.split(',')[0]))
  t.equal(kinds.size, 4, 'TCP and UDP over IPv4 and IPv6')
})

t.test('every counter of the catalog is compared', async (t) => {
  const packet = superPacket(numbers(SEED))
  t.same(
    Object.keys(count(packet, 0, packet.segmentBytes)).sort(),
    Object.keys(expected(packet)).sort(),
  )
})

t.test('a packet that fits in one segment, or lies about their number, is one frame', async (t) => {
  const packet = superPacket(numbers(SEED))
  const whole = expected({ ...packet, pieces: [packet.frame] })
  t.same(count(packet, 1, packet.frame.length), whole)
  t.same(count(packet, packet.pieces.length + 1, packet.segmentBytes), whole)
})
