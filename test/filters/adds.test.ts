// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from 'tap'
import { type Handle, loadAddon } from '../../src/native/binding.ts'
import { ADD, type FilterProgram } from '../../src/native/filters.ts'
import { fill, numbers } from '../support/bytes.ts'
import { cellsOf, counting, mustCompile } from '../support/filter-counts.ts'
import { superPacket } from '../support/frames-segment.ts'
import * as p from '../support/packets.ts'

const addon = loadAddon()
const [all, tcp] = await mustCompile(['', 'tcp'])
if (!all || !tcp) throw new Error('not compiled')
const BITS = 14
const UDP_LAYER = 1 << 7

/** A source whose cells 0, 1 and 2 add up frames, bytes and payload of what a program accepts. */
async function adding(t: Test, layers = 0, fresh = 1): Promise<Handle> {
  const source = addon.openFrames(1, BITS, 1n)
  t.teardown(() => addon.close(source))
  await addon.setFilters(source, 1, sums(layers, fresh))
  return source
}

function sums(layers: number, fresh: number): FilterProgram[] {
  const instructions = all?.instructions ?? new Uint8Array()
  return [ADD.frames, ADD.bytes, ADD.payload].map((add, cell) => {
    return { instructions, layers, add, field: 0, cell, fresh }
  })
}

function count(source: Handle, frame: Uint8Array, segments = 0, segmentBytes = 0): void {
  addon.countFrame(source, 0, frame, frame.length, segments, segmentBytes)
}

t.test('payload is what lies behind the header, not the padding', async (t) => {
  const source = await adding(t)
  const frames: [string, Uint8Array, number][] = [
    [
      'TCP',
      p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 2, p.FLAG.ack, fill(100)))),
      100,
    ],
    [
      'padded',
      p.padded(p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 2, p.FLAG.ack, fill(3))))),
      3,
    ],
    ['UDP over IPv6', p.ethernet(p.TYPE.ipv6, p.ipv6(p.PROTOCOL.udp, p.udp(1, 2, fill(50)))), 50],
    [
      'tagged',
      p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.udp, p.udp(1, 2, fill(9))), {
        tags: [[0x8100, 7]],
      }),
      9,
    ],
    ['no payload', p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 2, p.FLAG.syn))), 0],
    ['ICMP', p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.icmp, p.icmp(8, 0, fill(56)))), 0],
    [
      'a later fragment',
      p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.udp, fill(80), { offset: 10 })),
      0,
    ],
    ['ARP', p.ethernet(p.TYPE.arp, p.arp(1, '10.0.0.1', '10.0.0.2')), 0],
  ]
  let before = [0, 0, 0]
  for (const [what, frame, payload] of frames) {
    count(source, frame)
    const [frameCount = 0, bytes = 0, sum = 0] = cellsOf(addon, source, 3)
    const [frames0 = 0, bytes0 = 0, sum0 = 0] = before
    t.same([frameCount - frames0, bytes - bytes0, sum - sum0], [1, frame.length, payload], what)
    before = [frameCount, bytes, sum]
  }
})

t.test('a super-packet adds what its frames would', async (t) => {
  const random = numbers(7)
  for (let times = 0; times < 50; times++) {
    const packet = superPacket(random)
    const [whole, apart] = [await adding(t), await adding(t)]
    count(whole, packet.frame, packet.pieces.length, packet.segmentBytes)
    for (const piece of packet.pieces) count(apart, piece)
    t.same(cellsOf(addon, whole, 3), cellsOf(addon, apart, 3), packet.what)
  }
})

t.test('a filter is tried on packets of its layers alone', async (t) => {
  const source = await adding(t, UDP_LAYER)
  count(source, p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 2, 0))))
  t.same(cellsOf(addon, source, 1), [0])
  count(source, p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.udp, p.udp(1, 2))))
  t.same(cellsOf(addon, source, 1), [1])
})

t.test('a change keeps the cells of those that stay and begins the fresh ones anew', async (t) => {
  const frame = p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 2, 0)))
  const source = addon.openFrames(1, BITS, 1n)
  t.teardown(() => addon.close(source))
  const [first, second] = counting([all, tcp])
  if (!first || !second) throw new Error('no programs')
  await addon.setFilters(source, 1, [first, second])
  for (let times = 0; times < 5; times++) count(source, frame)
  await addon.setFilters(source, 1, [{ ...first, fresh: 0 }, second])
  count(source, frame)
  t.same(cellsOf(addon, source, 2), [6, 1])
})

t.test('what cannot run is refused and the old filters stay', async (t) => {
  const frame = p.ethernet(p.TYPE.arp, p.arp(1, '10.0.0.1', '10.0.0.2'))
  const source = await adding(t)
  const [program] = counting([tcp])
  if (!program) throw new Error('no program')
  const endless = new Uint8Array([0x05, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 6, 0, 0, 0, 0, 0, 0, 0])
  t.match(addon.validateFilter(endless), /loop/)
  t.throws(() => addon.setFilters(source, 1, [{ ...program, instructions: endless }]), /loop/)
  t.throws(() => addon.setFilters(source, 1, [{ ...program, cell: 64 }]), /no such cell/)
  t.throws(() => addon.setFilters(source, 1, Array<FilterProgram>(257).fill(program)), /too many/)
  count(source, frame)
  t.same(cellsOf(addon, source, 1), [1])
  t.match(addon.validateFilter(new Uint8Array()), /no instructions/)
  t.match(addon.validateFilter(new Uint8Array(8 * 513)), /512/)
})

t.test('the interpreter sees the length on the wire and rejects what was cut', async (t) => {
  const [long, byte] = await mustCompile(['len > 1000', 'ether[70] >= 0'])
  if (!long || !byte) throw new Error('not compiled')
  const frame = fill(64)
  t.equal(addon.testFilter(long.instructions, frame, 1500), true)
  t.equal(addon.testFilter(long.instructions, frame, 64), false)
  t.equal(addon.testFilter(byte.instructions, frame, 1500), false)
  t.equal(addon.testFilter(byte.instructions, fill(71), 71), true)
})
