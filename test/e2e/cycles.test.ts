// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { groupNumbers } from '../../src/capture/group-numbers.ts'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { type Handle, HOOK, loadAddon } from '../../src/native/binding.ts'
import { ADD, type FilterProgram } from '../../src/native/filters.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { FIXTURE } from '../contracts/subject.ts'
import { bpfObjects, leftovers } from '../support/leftovers.ts'
import { network } from '../support/netns.ts'
import { missingPrivilege } from '../support/privileges.ts'

const skip = missingPrivilege() ?? false

/** Sources that are opened and closed of all kinds together: 10,000 take a quarter of an hour. */
const CYCLES = Number(process.env['PKTSPOT_TEST_CYCLES'] ?? 200)
/** Memory that may stay, in bytes, beyond what the allocators have taken after a quarter of the cycles. */
const GROWTH = 8 * 2 ** 20
const SAMPLES = 40

const addon = loadAddon()
const bits = addon.sizes(0).bitsMin
const sizes = addon.sizes(bits)
const frame = new Uint8Array(60).fill(1)
const capture = readFileSync(FIXTURE)
const group = groupSpec(['ip.src'], { slots: 4, tracked: 64, uniques: [0], uniqueBits: 8 })

/** struct sock_filter: takes every packet. */
const ALL = Uint8Array.of(6, 0, 0, 0, 1, 0, 0, 0)
const none = { instructions: ALL, layers: 0, field: 0, cell: 0, fresh: 1 }
const filters: readonly FilterProgram[] = [
  { ...none, add: ADD.frames },
  { ...none, add: ADD.unique },
]

function kernel(hook: keyof typeof HOOK, ifindex: number): Handle {
  const handle = addon.openKernel(HOOK[hook], possibleCpus(), bits, 1n, hook !== 'tcx', false)
  addon.attachKernel(handle, ifindex)
  return handle
}

function captured(): Handle {
  const handle = addon.openCapture(2, bits, 1n)
  addon.keepFrames(handle, 4096, 0)
  addon.feedCapture(handle, capture, 0, capture.length, 2n ** 63n, true)
  return handle
}

function framed(): Handle {
  const handle = addon.openFrames(2, bits, 1n)
  addon.countFrame(handle, 0, frame, 60, 1, 0)
  return handle
}

async function cut(handle: Handle): Promise<void> {
  const [slots, clocks] = [new BigUint64Array(sizes.slots), new BigUint64Array(sizes.clocks)]
  const [distinct, sketches] = [new Float64Array(sizes.distinct), new Uint8Array(sizes.epochBytes)]
  await addon.cut(handle, slots, clocks, new BigUint64Array(1), distinct, sketches)
}

/** Opens all that a source may have, reads it and closes it; of three, one closes its parts first, one while it is read. */
async function cycle(handle: Handle, at: number): Promise<void> {
  await addon.setFilters(handle, 1, filters)
  for (const slot of [1, 2])
    addon.openGroup(handle, slot, groupNumbers(group), new Uint8Array(), 1n)
  addon.promoteKey(handle, 1, 0, BigUint64Array.of(1n, 0n, 0n, 0n))
  if (at % 3 === 0) {
    addon.closeGroup(handle, 2)
    await addon.setFilters(handle, 1, [])
    await cut(handle)
  }
  const cutting = at % 3 === 1 ? cut(handle) : undefined
  addon.close(handle)
  await cutting
}

/** What a process has of its system, besides memory: descriptors by kind, mapped tables and rings, and threads. */
function held(): Readonly<Record<string, number>> {
  const count: Record<string, number> = {}
  const add = (kind: string): void => {
    count[kind] = (count[kind] ?? 0) + 1
  }
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      add(readlinkSync(`/proc/self/fd/${fd}`).replace(/^\w+:\[\d+\]$|^\/.*/, 'other'))
    } catch {
      /* that of the folder itself */
    }
  }
  for (const map of readFileSync('/proc/self/maps', 'utf8').match(/bpf-map|socket:/g) ?? [])
    add(map)
  count['threads'] = readdirSync('/proc/self/task').length
  return count
}

/** Least-squares slope of values against their places. */
function slope(values: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length
  const [x, y] = [(values.length - 1) / 2, mean(values)]
  const over = values.map((value, at) => (at - x) * (value - y))
  return mean(over) / mean(values.map((_, at) => (at - x) ** 2))
}

t.test(`${CYCLES} sources opened and closed leave nothing`, { skip }, async (t) => {
  const { here } = await network(t)
  const ifindex = addon.interfaceIndex(here)
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const kinds: readonly (() => Handle)[] = [
    () => kernel('tcx', ifindex),
    () => kernel('xdp-generic', ifindex),
    () => addon.openPacketSocket(ifindex, 2 ** 18, bits, 1n, false),
    captured,
    framed,
  ]
  const before = await bpfObjects()
  const memory: number[] = []
  const every = Math.max(1, Math.floor(CYCLES / SAMPLES))
  let first: Readonly<Record<string, number>> | undefined
  for (let at = 0; at < CYCLES; at++) {
    await cycle((kinds[at % kinds.length] ?? framed)(), at)
    if (at % every > 0) continue
    collect()
    memory.push(process.memoryUsage.rss())
    if (at >= CYCLES / 4) first ??= held()
  }
  t.same(held(), first, 'descriptors, mappings and threads')
  const settled = memory.slice(Math.floor(memory.length / 4))
  const perCycle = slope(settled) / every
  const growth = perCycle * every * settled.length
  t.comment(`${CYCLES} cycles: ${perCycle.toFixed(1)} bytes of memory a cycle`)
  t.ok(growth < GROWTH, `${Math.round(growth / 1024)} KiB more after ${CYCLES} cycles`)
  /* of the whole machine, where others may run; what each third of a kind leaves is more */
  const left = await leftovers(before, 10_000)
  t.ok(left.length < Math.max(1, CYCLES / 20), `programs, maps and links of the kernel: ${left}`)
})
