// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto'
import t, { type Test } from 'tap'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { HOOK, loadAddon } from '../../src/native/binding.ts'
import { ADD, type FilterProgram } from '../../src/native/filters.ts'
import { numbers } from '../support/bytes.ts'
import { collectionFrames, fixtureFrames } from '../support/ethernet-frames.ts'
import { cellsOf, counting, countMatches, mustCompile } from '../support/filter-counts.ts'
import { combinations, PRIMITIVES } from '../support/filter-texts.ts'
import { missingPrivilege } from '../support/privileges.ts'
import type { LinkFrame } from '../support/read-pcap.ts'

const { PKTSPOT_CAPTURES: captures = '' } = process.env
const SEED = Number(process.env['PKTSPOT_TEST_SEED'] ?? randomInt(2 ** 32))
const COMBINATIONS = 100
const BITS = 14
const TIMEOUT = 240_000
const HASH_SEED = 0x5eed5eed5eed5eedn
const skip = missingPrivilege() ?? false
const addon = loadAddon()
const programs = await mustCompile([...PRIMITIVES, ...combinations(COMBINATIONS, numbers(SEED))])

/** The longest frame that a test run takes: of tcx and plain XDP it must be in one piece. */
const HOOKS = [
  { name: 'xdp with fragments', hook: HOOK.xdp, frags: true, longest: 60_000 },
  { name: 'xdp', hook: HOOK.xdp, frags: false, longest: 3_400 },
  { name: 'tcx', hook: HOOK.tcx, frags: false, longest: 3_400 },
] as const

type Hook = (typeof HOOKS)[number]

/** Whether the kernel makes a test run over a frame (net/bpf/test_run.c): tcx wants IP headers whole. */
function isRun({ hook, longest }: Hook, { data }: LinkFrame): boolean {
  if (data.length < 14 || data.length > longest) return false
  const type = ((data[12] ?? 0) << 8) | (data[13] ?? 0)
  const whole = { 2048: 20, 34525: 40 }[type] ?? 0
  return hook !== HOOK.tcx || data.length >= 14 + whole
}

function open({ hook, frags }: Hook) {
  return addon.openKernel(hook, possibleCpus(), BITS, HASH_SEED, frags, false)
}

async function compare(t: Test, frames: readonly LinkFrame[]): Promise<void> {
  t.comment(`PKTSPOT_TEST_SEED=${SEED} repeats this run`)
  for (const hook of HOOKS) {
    const run = frames.filter((frame) => isRun(hook, frame))
    const kernel = await countMatches(
      addon,
      programs,
      () => open(hook),
      (source) => {
        for (const { data } of run) addon.testKernel(source, data, 1)
      },
    )
    const own = await countMatches(
      addon,
      programs,
      () => addon.openFrames(1, BITS, HASH_SEED),
      (source) => {
        for (const { data } of run) addon.countFrame(source, 0, data, data.length, 0, 0)
      },
    )
    const different = programs.flatMap(({ text }, index) =>
      kernel[index] === own[index] ? [] : [`${text}: ${kernel[index]} and ${own[index]}`],
    )
    t.same(different, [], `${hook.name}: alike`)
    t.ok(own.some((count) => count > 0))
    t.comment(`${hook.name}: ${programs.length} filters, ${run.length} of ${frames.length} frames`)
  }
}

t.setTimeout(2 * TIMEOUT)

t.test('the kernel counts the fixtures by filters as user space does', { skip }, async (t) => {
  await compare(t, await fixtureFrames())
})

t.test(
  'the kernel counts the Ethernet frames of the captures by filters as user space does',
  {
    skip: skip || (captures === '' && 'PKTSPOT_CAPTURES names no capture collection'),
    timeout: TIMEOUT,
  },
  async (t) => {
    await compare(t, await collectionFrames(captures))
  },
)

/** Frames, bytes and payload of all packets, and every field that can be told apart, eight at a time. */
async function actions(t: Test, hook: Hook, frames: readonly LinkFrame[]): Promise<void> {
  const [all, tcp] = await mustCompile(['', 'tcp'])
  if (!all || !tcp) throw new Error('not compiled')
  const TCP_LAYER = 1 << 6
  const sums = (['frames', 'bytes', 'payload'] as const).flatMap((add, at): FilterProgram[] => [
    { ...all, layers: 0, add: ADD[add], field: 0, cell: at, fresh: 1 },
    { ...all, layers: TCP_LAYER, add: ADD[add], field: 0, cell: 10 + at, fresh: 1 },
    { ...tcp, layers: 0, add: ADD[add], field: 0, cell: 20 + at, fresh: 1 },
  ])
  for (let first = 0; first < 16; first += 8) {
    const uniques = Array.from({ length: 8 }, (_, cell): FilterProgram => {
      return { ...all, layers: 0, add: ADD.unique, field: first + cell, cell, fresh: 1 }
    })
    const kernel = open(hook)
    const own = addon.openFrames(1, BITS, HASH_SEED)
    await addon.setFilters(kernel, 1, [...sums, ...uniques])
    await addon.setFilters(own, 1, [...sums, ...uniques])
    for (const { data } of frames.filter((frame) => isRun(hook, frame))) {
      addon.testKernel(kernel, data, 1)
      addon.countFrame(own, 0, data, data.length, 0, 0)
    }
    const read = (source: typeof own) => {
      const { uniques, registers } = addon.filterSizes(source)
      const [estimates, sketch] = [new Float64Array(uniques), new Uint8Array(registers)]
      addon.cutFilters(source, estimates, sketch)
      return { cells: cellsOf(addon, source, 30), estimates: [...estimates], sketch }
    }
    const [theirs, ours] = [read(kernel), read(own)]
    t.same(theirs, ours, `${hook.name}: fields from ${first} on`)
    t.ok(ours.estimates.filter((estimate) => estimate > 1).length >= 5)
    t.ok([0, 1, 2, 10, 11, 12, 20, 21, 22].every((cell) => (ours.cells[cell] ?? 0) > 0))
    addon.close(kernel)
    addon.close(own)
  }
}

t.test('what matches add is the same in the kernel and in user space', { skip }, async (t) => {
  const frames = await fixtureFrames()
  for (const hook of HOOKS) await actions(t, hook, frames)
})

t.test(
  'a change keeps cells, excludes a second one, and outlives its source',
  { skip },
  async (t) => {
    const [all, tcp] = counting(await mustCompile(['', 'tcp']))
    if (!all || !tcp) throw new Error('not compiled')
    const frame = (await fixtureFrames()).find((each) => isRun(HOOKS[2], each))?.data
    if (!frame) throw new Error('no frame')
    for (const hook of HOOKS) {
      const source = open(hook)
      const first = addon.setFilters(source, 1, [all, tcp])
      t.throws(() => addon.setFilters(source, 1, [all]), /still being set/)
      await first
      for (let times = 0; times < 50; times++) {
        addon.testKernel(source, frame, 1)
        await addon.setFilters(source, 1, [
          { ...all, fresh: 0 },
          { ...tcp, cell: 1 + (times % 60) },
        ])
      }
      addon.testKernel(source, frame, 1)
      t.same(cellsOf(addon, source, 1), [51], `${hook.name}: 50 changes`)
      await addon.setFilters(source, 1, [])
      addon.testKernel(source, frame, 1)
      t.same(cellsOf(addon, source, 1), [51], 'without filters nothing is added')
      const last = addon.setFilters(source, 1, [all])
      addon.close(source)
      await last
    }
  },
)
