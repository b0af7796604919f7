// SPDX-License-Identifier: Apache-2.0
/* Nanoseconds a packet of the XDP program with counter groups: one flow, ten thousand, and a flood of new sources. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GroupSpec, GroupTable } from '../../src/capture/group-table.ts'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { groupOpener } from '../../src/capture/open-group.ts'
import { columns } from '../../src/commands/columns.ts'
import { HOOK, loadAddon } from '../../src/native/binding.ts'
import { groupSpec } from '../capture/group-spec.ts'
import { must } from '../support/command.ts'
import { ethernet, FLAG, ipv4, PROTOCOL, padded, TYPE, tcp } from '../support/packets.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { packageRoot } from '../support/root.ts'
import { realTime } from './support/real-time.ts'
import { bpfFolder, scratch } from './support/scratch.ts'
import { type Spread, spread } from './support/spread.ts'

const ROUNDS = 7
const PACKETS = 500_000
const FLOWS = [1, 10_000, 2 ** 32 - 1] as const
const HEADER = ['one flow', '10000 flows', 'flood of new sources']
/** A flood may cost so many times as much as one flow. */
const RATIO_MOST = 3.5
const XDP_PASS = 2
const TOP = 10
const IDLE_GROUPS = 8

const addon = loadAddon()
const cells = { adds: ['bytes', 'frames'], slots: 4 * TOP } as const
const classes = Uint8Array.from({ length: 256 }, (_, protocol) => Math.min(protocol, 254))
const SPECS: readonly (readonly [string, GroupSpec])[] = [
  ['source addresses', groupSpec(['ip.src'], cells)],
  ['protocols and ports', groupSpec(['ip.proto', 'l4.dst_port'], cells)],
  ['protocols', groupSpec(['ip.proto'], { ...cells, classes, slots: 255, tracked: 0 })],
]

/** Number in the kernel of the program that this process loaded last. */
function programId(): string {
  const ids = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
      return /^prog_id:\s*(\d+)/m.exec(info)?.[1] ?? []
    } catch {
      return [] /* the descriptor of the listing itself */
    }
  })
  return ids.at(-1) ?? ''
}

interface Bench {
  /** Puts a program behind the harness. */
  set(id: string): Promise<void>
  measure(flows: number): Promise<number>
}

async function prepare(): Promise<Bench> {
  const folder = scratch('bench-groups')
  const pins = bpfFolder(folder)
  const frame = padded(ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, tcp(1, 443, FLAG.ack))), 64)
  writeFileSync(join(folder, 'frame'), frame)
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  const source = join(packageRoot, 'test/bench/bpf/front.bpf.c')
  for (const flows of FLOWS) {
    const object = join(folder, `${flows}.o`)
    const defined = [`-DFLOWS=${flows}u`, `-I/usr/include/${triple}`]
    const options = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-Wall', '-Wextra', '-Werror']
    await must('clang', ...options, ...defined, '-c', source, '-o', object)
    const [to, maps] = [join(pins, `${flows}`), join(pins, `maps-${flows}`)]
    await must('bpftool', 'prog', 'loadall', object, to, 'pinmaps', maps)
  }
  return {
    async set(id) {
      for (const flows of FLOWS) {
        const map = ['pinned', join(pins, `maps-${flows}`, 'next')]
        const entry = ['key', '0', '0', '0', '0', 'value', 'id', id]
        await must('bpftool', 'map', 'update', ...map, ...entry)
      }
    },
    async measure(flows) {
      const pin = ['pinned', join(pins, `${flows}`, 'bench')]
      const what = ['data_in', join(folder, 'frame'), 'repeat', String(PACKETS)]
      const run = [
        'taskset',
        '--cpu-list',
        '0',
        'bpftool',
        '--json',
        'prog',
        'run',
        ...pin,
        ...what,
      ]
      const [file = '', ...args] = realTime(run)
      const { retval, duration } = JSON.parse(await must(file, ...args))
      if (retval !== XDP_PASS) throw new Error(`verdict ${retval}`)
      return duration
    },
  }
}

/** Measures all numbers of flows, after a round that fills the tables. */
async function row({ measure }: Bench, before?: () => void): Promise<Spread[]> {
  const rounds: number[][] = FLOWS.map(() => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, flows] of FLOWS.entries()) {
      const nanoseconds = await measure(flows)
      if (round > 0) rounds[at]?.push(nanoseconds)
      if (round === 0 && at === 1) before?.()
    }
  }
  return rounds.map(spread)
}

const shown = (spreads: readonly Spread[]): string[] =>
  spreads.map(({ minimum, median }) => `${minimum} / ${median}`)

/** Promotes what a user would see: the top keys, or all of a closed group. */
function promote(table: GroupTable): void {
  const keys =
    table.spec.tracked > 0
      ? table.candidates(TOP, 0).map(({ key }) => key)
      : Array.from({ length: table.spec.slots }, (_, key) => [BigInt(key)])
  keys.forEach((key, slot) => void table.promote(slot, key))
}

async function main(): Promise<void> {
  const reason = missingPrivilege()
  if (reason !== undefined) {
    console.log(`left out: ${reason}`)
    return
  }
  const bench = await prepare()
  const cpus = possibleCpus()
  const lines = [['harness alone', ...shown(await row(bench))]]
  const kernel = addon.openKernel(HOOK['xdp-generic'], cpus, 14, 1n, false, false)
  await bench.set(programId())
  const open = groupOpener('bench', addon, kernel, { bytes: 2 ** 30, cpus })
  const bare = await row(bench)
  lines.push(['no groups', ...shown(bare)])
  const loads: number[] = []
  let last = bare
  for (const [name, spec] of SPECS) {
    const began = performance.now()
    const table = open(spec)
    loads.push(performance.now() - began)
    last = await row(bench, () => promote(table))
    lines.push([`and ${name}`, ...shown(last)])
  }
  addon.close(kernel)

  const chain = addon.openKernel(HOOK['xdp-generic'], cpus, 14, 1n, false, false)
  await bench.set(programId())
  const openIdle = groupOpener('bench', addon, chain, { bytes: 2 ** 30, cpus })
  const HAS_ARP = 1
  for (let group = 0; group < IDLE_GROUPS; group++)
    openIdle(groupSpec(['eth.src'], { layers: HAS_ARP }))
  const idle = await row(bench)
  lines.push([`${IDLE_GROUPS} groups without members`, ...shown(idle)])
  addon.close(chain)

  console.log(
    `ns a packet (64-byte TCP, the harness included), minimum / median of ${ROUNDS} rounds of ${PACKETS} packets`,
  )
  console.log(columns(['', ...HEADER], lines))
  const [hot = 0, , flood = 0] = last.map(({ minimum }) => minimum)
  const call = ((idle[0]?.minimum ?? 0) - (bare[0]?.minimum ?? 0)) / IDLE_GROUPS
  const ratio = flood / hot
  console.log(`flood / one flow: ${ratio.toFixed(2)} (at most ${RATIO_MOST})`)
  console.log(`a program of the chain that finds nothing to count: ${call.toFixed(1)} ns`)
  console.log(`opening a group: ${loads.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}`)
  if (ratio > RATIO_MOST) process.exitCode = 1
}

await main()
