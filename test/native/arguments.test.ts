// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { loadAddon } from '../../src/native/binding.ts'
import type { DropsHandle } from '../../src/native/drops.ts'
import { pcap } from '../support/pcap.ts'

/** What an argument is to be. */
type Kind =
  | 'handle'
  | 'number'
  | 'amount'
  | 'bigint'
  | 'flag'
  | 'bytes'
  | 'room'
  | 'text'
  | 'list'
  | 'call'
  | 'path'
  | 'pins'
/** A kind, and a value of it that is taken. */
type Argument = readonly [Kind, unknown]

const addon = loadAddon()
const sizes = addon.sizes(8)
const frames = addon.openFrames(2, 8, 1n)
const capture = addon.openCapture(1, 8, 1n)
const file = pcap([])
const program = new Uint8Array(Uint16Array.of(6, 0, 1, 0).buffer)
const filter = { instructions: program, layers: 0, add: 0, field: 0, cell: 0, fresh: 0 }

/** One group by address: fields, prefixes, no rules, one cell of frames, nothing else, 4 slots, 8 candidates. */
const numbers = new Int32Array(45)
numbers.set([0, -1, 1, addon.keyFields().find(({ name }) => name === 'ip.src')?.index ?? 0])
numbers.set([32, 128, -1, 0, 1], 8)
numbers.set([4, 8], 43)
addon.openGroup(frames, 1, numbers, new Uint8Array(), 1n)

const { reasons, subsystems } = addon.dropSizes()

/** What the kernel drops, where it lets itself be asked; else a handle of another kind. */
function dropsOrOther(): unknown {
  try {
    return addon.openDrops(1, 0n, new Uint32Array())
  } catch {
    return frames
  }
}

const links = addon.watchLinks(false, () => undefined)
const handle: Argument = ['handle', frames]
const drops: Argument = ['handle', dropsOrOther()]
const number = (value: number): Argument => ['number', value]
const seed: Argument = ['bigint', 1n]
const flag: Argument = ['flag', false]
const bytes = (length: number): Argument => ['bytes', new Uint8Array(length)]
const room = (length: number): Argument => ['room', new BigUint64Array(length)]
const reading = [room(sizes.slots), room(sizes.clocks), room(1)]
const cut = [handle, ...reading, room(sizes.distinct), bytes(sizes.epochBytes)]
const group = [handle, number(1)]
const plan: readonly Argument[] = [
  ['bytes', numbers],
  ['bytes', new Uint8Array()],
]

/** Each function of the addon with arguments that it takes. */
const surface: Readonly<Record<string, readonly Argument[]>> = {
  attachKernel: [handle, number(1)],
  captureReach: [['handle', capture]],
  catalog: [],
  clearGroup: group,
  close: [['handle', capture]],
  closeDrops: [drops],
  closeGroup: group,
  compileFilter: [['text', 'tcp'], number(1), flag],
  confine: [number(100), ['amount', 1e9]],
  countFrame: [handle, number(1), bytes(60), number(60), number(0), number(0)],
  cut,
  cutFilters: [handle, room(8), ['room', new BigUint64Array(8 * 32)]],
  cutGroup: [...group, room(0), room(0)],
  cutNow: cut,
  demoteKey: [...group, number(1)],
  dropSizes: [],
  dropTypes: [bytes(64)],
  estimateRegisters: [bytes(256)],
  estimateSketches: [bytes(sizes.epochBytes), room(sizes.distinct)],
  feedCapture: [
    ['handle', capture],
    ['bytes', file],
    number(0),
    number(file.length),
    ['bigint', 2n ** 64n - 1n],
    flag,
  ],
  filterSizes: [handle],
  groupBytes: [...plan, number(2)],
  groupCandidates: [...group, number(2), number(0), room(4), room(2), room(2)],
  groupFill: group,
  interfaceDrops: [['bytes', Uint32Array.of(1)], room(6)],
  interfaceIndex: [['text', 'lo']],
  interfaceOf: [['text', 'lo']],
  interfaces: [],
  keepCapabilities: [['bigint', 2n ** 64n - 1n], flag],
  keepFrames: [handle, number(1000), number(0)],
  keyFields: [],
  layoutVersion: [],
  lockFolder: [['path', '/nowhere']],
  look: [handle, ...reading],
  lookDrops: [drops, room(reasons + subsystems + 1)],
  lookFilters: [handle, room(64)],
  lookGroup: [...group, room(5)],
  lostPackets: [number(0)],
  mergeRegisters: [bytes(256), bytes(256)],
  mergeSketches: [bytes(sizes.epochBytes), bytes(sizes.epochBytes)],
  notesBytes: [handle, number(0)],
  openCapture: [number(1), number(8), seed],
  openDrops: [number(1), ['bigint', 0n], ['bytes', new Uint32Array()]],
  openFrames: [number(1), number(8), seed],
  openGroup: [handle, number(2), ...plan, seed, ['pins', undefined]],
  openKernel: [number(0), number(1), number(8), seed, flag, flag, ['pins', undefined]],
  openPacketSocket: [number(1), number(2 ** 19), number(8), seed, flag, flag, flag],
  pinnedNotes: [['path', '/nowhere']],
  promoteKey: [...group, number(1), room(2)],
  readLoad: [handle, room(3)],
  readNotes: [handle, number(0), number(0), bytes(8)],
  readPins: [['path', '/nowhere']],
  setFilters: [handle, number(1), ['list', [filter]]],
  shed: [handle, number(0)],
  sizes: [number(8)],
  sketchBytes: [handle],
  sketches: [handle],
  startPacketSocket: [handle],
  takeFrames: [handle, bytes(1000), room(1)],
  takePacketSocket: [number(0), flag],
  testFilter: [['bytes', program], bytes(60), number(60)],
  testKernel: [handle, bytes(60), number(1)],
  unwatchLinks: [['handle', links]],
  unwatchDrops: [drops, number(0)],
  validateFilter: [['bytes', program]],
  watchDrops: [drops, number(1)],
  watchLinks: [flag, ['call', () => undefined]],
  watchedDrops: [drops, number(0)],
  writeNotes: [handle, number(0), number(0), bytes(8)],
}

const NOTHING: readonly unknown[] = [undefined, null, {}, Symbol('x'), () => 1]
const WRONG: Readonly<Record<Kind, readonly unknown[]>> = {
  handle: [...NOTHING, 7, 'x', new Uint8Array(8), [frames]],
  number: [...NOTHING, 'x', '1', 1n, -1, 1.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY],
  amount: [...NOTHING, 'x', 1n, -1, Number.NaN, Number.POSITIVE_INFINITY],
  bigint: [...NOTHING, 1, '1', -1n, 2n ** 64n],
  flag: [...NOTHING.slice(1), 0, 1, 'true'],
  bytes: [...NOTHING, 7, 'x', [1, 2], new DataView(new ArrayBuffer(8)), new ArrayBuffer(8)],
  room: [...NOTHING, 7, 'x', new Float64Array(), new Uint8Array(2 ** 20 + 1).subarray(1)],
  call: [...NOTHING.slice(0, 4), 7, 'x'],
  path: [...NOTHING, 7, 1n, '', 'x'.repeat(5000)],
  pins: [...NOTHING.slice(1), 7, 1n, 'x'.repeat(5000)],
  text: [...NOTHING, 7, 1n, ['tcp']],
  list: [...NOTHING, 7, 'x', [undefined], [7], [{}], Array.from({ length: 257 }, () => filter)],
}

type Call = (...args: readonly unknown[]) => unknown
const named = addon as unknown as Readonly<Record<string, Call>>
const isRefusal = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError

/** Whether a room that is none is refused: one of no numbers takes any. */
const takesAny = ([kind, value]: Argument, wrong: unknown): boolean =>
  kind === 'room' && (value as BigUint64Array).length === 0 && ArrayBuffer.isView(wrong)

for (const [name, args] of Object.entries(surface)) {
  t.test(`${name} refuses what it cannot take`, async (t) => {
    const call = (values: readonly unknown[]): unknown => named[name]?.(...values)
    const good = args.map(([, value]) => value)
    const throws = (values: readonly unknown[], what: string): void => {
      try {
        call(values)
        t.fail(`${what} is taken`)
      } catch (error) {
        if (!isRefusal(error)) t.fail(`${what}: ${error}`)
      }
    }
    for (const [at, argument] of args.entries()) {
      for (const [which, wrong] of WRONG[argument[0]].entries()) {
        if (takesAny(argument, wrong)) continue
        throws(
          good.with(at, wrong),
          `argument ${at}: wrong ${argument[0]} ${which}, ${typeof wrong}`,
        )
      }
    }
    if (args.length > 0) throws([], 'nothing')
    t.pass('every wrong argument throws')
  })
}

t.test('every function of the addon is tried', async (t) => {
  t.same(Object.keys(addon).sort(), Object.keys(surface).sort())
})

t.test('numbers out of range are refused', async (t) => {
  const wide = numbers.map((value, at) => (at === 44 ? 2 ** 30 : value))
  const none = new Uint8Array()
  t.throws(() => addon.sizes(15), RangeError)
  for (const open of [addon.openFrames, addon.openCapture]) {
    for (const [tables, bits] of [
      [0, 8],
      [8193, 8],
      [1, 7],
      [1, 15],
    ] as const) {
      t.throws(() => open(tables, bits, 1n), RangeError, `${tables} tables, ${bits} bits`)
    }
  }
  t.throws(() => addon.openKernel(4, 1, 8, 1n, false, false), RangeError)
  t.throws(() => addon.openKernel(0, 0, 8, 1n, false, false), RangeError)
  t.throws(() => addon.openPacketSocket(1, 0, 20, 1n, false), RangeError)
  t.throws(() => addon.openDrops(0, 0n, new Uint32Array()), RangeError)
  t.throws(() => addon.openDrops(8193, 0n, new Uint32Array()), RangeError)
  t.throws(() => addon.openDrops(1, 0n, new Uint32Array(4)), RangeError)
  t.throws(() => addon.interfaceDrops(Uint32Array.of(1, 1), new BigUint64Array(11)), RangeError)
  t.throws(() => addon.countFrame(frames, 2, new Uint8Array(60), 60, 0, 0), RangeError)
  t.throws(() => addon.feedCapture(capture, file, 8, 4, 1n, true), RangeError)
  t.throws(() => addon.feedCapture(capture, file, 0, file.length + 1, 1n, true), RangeError)
  t.throws(() => addon.openGroup(frames, 0, numbers, none, 1n), RangeError)
  t.throws(() => addon.openGroup(frames, 17, numbers, none, 1n), RangeError)
  t.throws(() => addon.openGroup(frames, 1, numbers, none, 1n), RangeError, 'a slot that is taken')
  t.throws(() => addon.openGroup(frames, 2, wide, none, 1n), RangeError)
  t.throws(() => addon.openGroup(frames, 2, numbers, none, 1n, '/nowhere', -1), RangeError)
  t.throws(() => addon.openGroup(frames, 2, numbers.subarray(1), none, 1n), RangeError)
  t.throws(() => addon.openGroup(frames, 2, numbers, new Uint8Array(9), 1n), RangeError)
  t.throws(() => addon.promoteKey(frames, 1, 4, new BigUint64Array(2)), RangeError)
  t.throws(() => addon.demoteKey(frames, 1, 4), RangeError)
  t.throws(() => addon.groupFill(frames, 2 ** 31), { code: 'CLOSED' })
  t.throws(
    () =>
      addon.testFilter(
        program.map((byte) => byte | 4),
        none,
        60,
      ),
    RangeError,
  )
  t.throws(() => addon.testFilter(none, none, 60), RangeError)
  t.throws(() => addon.shed(frames, 4), RangeError)
  t.throws(() => addon.estimateRegisters(new Uint8Array(12)), RangeError)
  t.throws(() => addon.mergeRegisters(new Uint8Array(8), new Uint8Array(16)), RangeError)
  t.throws(() => addon.compileFilter('tcp '.repeat(2000), 1, true), RangeError)
  t.equal(addon.interfaceIndex('lo-and-many-more-letters'), 0)
  t.equal(addon.interfaceOf('lo-and-many-more-letters'), undefined)
})

t.test('programs that grow while they are read are refused', async (t) => {
  let times = 0
  const growing = {
    ...filter,
    get instructions() {
      times += 1
      return new Uint8Array(8 * 512 * times)
    },
  }
  t.throws(() => addon.setFilters(frames, 1, [growing]), { code: 'EINVAL' })
  t.equal(times, 2)
})

t.test('a subscription may be ended twice', async (t) => {
  addon.unwatchLinks(links)
  addon.unwatchLinks(links)
  await sleep(50)
  addon.unwatchLinks(links)
  t.pass('no more than once is it freed')
})

t.test('after all of that, the source counts', async (t) => {
  addon.countFrame(frames, 1, new Uint8Array(60), 60, 0, 0)
  const slots = new BigUint64Array(sizes.slots)
  addon.look(frames, slots, new BigUint64Array(sizes.clocks), new BigUint64Array(1))
  t.equal(slots[addon.catalog().find(({ name }) => name === 'PKTS')?.index ?? 0], 1n)
  addon.close(frames)
  if (drops[1] !== frames) addon.closeDrops(drops[1] as DropsHandle)
})
