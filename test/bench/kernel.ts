// SPDX-License-Identifier: Apache-2.0
/* Nanoseconds a packet of the XDP program beside a re-creation of the BCC packet counters' design. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { possibleCpus } from '../../src/capture/kernel.ts'
import { columns } from '../../src/commands/columns.ts'
import { must } from '../support/command.ts'
import { ethernet, FLAG, ipv4, PROTOCOL, padded, TYPE, tcp } from '../support/packets.ts'
import { missingPrivilege } from '../support/privileges.ts'
import { packageRoot } from '../support/root.ts'
import { realTime } from './support/real-time.ts'
import { bpfFolder, scratch } from './support/scratch.ts'
import { type Spread, spread } from './support/spread.ts'

const ROUNDS = 7
const PACKETS = 1_000_000
const FLOWS = [1, 10_000, 1_000_000] as const
const CONTENDERS = { empty: 'harness alone', bcc: 'BCC design', ours: 'pktspot' } as const
const XDP_PASS = 2

type Contender = keyof typeof CONTENDERS
const contenders = Object.keys(CONTENDERS) as readonly Contender[]

/** One cell of the table: a contender over so many flows, on so many CPUs at once. */
interface Cell {
  readonly contender: Contender
  readonly flows: number
  readonly cpus: number
}

/** Compiles a contender for so many flows, loads it, and gives the path of its pin. */
async function load(folder: string, pins: string, contender: Contender, flows: number) {
  const name = `${contender}-${flows}`
  const object = join(folder, `${name}.o`)
  const source = join(packageRoot, 'test/bench/bpf', `${contender}.bpf.c`)
  const triple = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
  const headers = `-I/usr/include/${triple}`
  const defined = [`-DFLOWS=${flows}u`, `-DCPUS=${possibleCpus()}`]
  const options = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-Wall', '-Wextra', '-Werror']
  await must('clang', ...options, headers, ...defined, '-c', source, '-o', object)
  await must('bpftool', 'prog', 'loadall', object, join(pins, name))
}

/* Started by one shell in the real-time class, the CPUs run at the same moment. */
const ON_EACH_CPU = `
  last=$1; shift
  for cpu in $(seq 0 "$last"); do taskset --cpu-list "$cpu" "$@" & done
  wait`

/** Runs a pinned contender on each of the first CPUs at once; nanoseconds a packet, averaged over the CPUs. */
async function measure(folder: string, pins: string, cell: Cell): Promise<number> {
  const pin = join(pins, `${cell.contender}-${cell.flows}`, 'bench')
  const run = ['bpftool', '--json', 'prog', 'run', 'pinned', pin]
  const what = ['data_in', join(folder, 'frame'), 'repeat', String(PACKETS)]
  const last = String(cell.cpus - 1)
  const [file = '', ...args] = realTime(['sh', '-c', ON_EACH_CPU, 'sh', last, ...run, ...what])
  const output = await must(file, ...args)
  const results = [...output.matchAll(/"retval":(\d+),"duration":(\d+)/g)]
  if (results.length !== cell.cpus || results.some(([, retval]) => Number(retval) !== XDP_PASS)) {
    throw new Error(`${pin}: ${output.trim()}`)
  }
  return results.reduce((sum, [, , duration]) => sum + Number(duration), 0) / cell.cpus
}

/** Lines of the table for so many CPUs: the contenders, then how many times dearer BCC's design is. */
function rows(cpus: number, of: (cell: Cell) => Spread): string[][] {
  const label = cpus === 1 ? 'one CPU' : `${cpus} CPUs`
  const figures = contenders.map((contender) => [
    label,
    CONTENDERS[contender],
    ...FLOWS.map((flows) => {
      const { minimum, median } = of({ contender, flows, cpus })
      return `${minimum} / ${median}`
    }),
  ])
  const ratios = FLOWS.map((flows) => {
    const [empty, bcc, ours] = contenders.map(
      (contender) => of({ contender, flows, cpus }).minimum,
    ) as [number, number, number]
    return `${(bcc / ours).toFixed(1)} (${((bcc - empty) / (ours - empty)).toFixed(1)} net)`
  })
  return [...figures, [label, 'BCC design / pktspot', ...ratios]]
}

async function main(): Promise<void> {
  const reason = missingPrivilege()
  if (reason !== undefined) {
    console.log(`left out: ${reason}`)
    return
  }
  const folder = scratch('bench-kernel')
  const pins = bpfFolder(folder)
  const segment = tcp(1, 443, FLAG.ack)
  const frame = padded(ethernet(TYPE.ipv4, ipv4(PROTOCOL.tcp, segment)), 64)
  writeFileSync(join(folder, 'frame'), frame)
  const sides = availableParallelism() > 1 ? [1, 2] : [1]
  const cells = sides.flatMap((cpus) =>
    FLOWS.flatMap((flows) => contenders.map((contender) => ({ contender, flows, cpus }))),
  )
  for (const flows of FLOWS) {
    for (const contender of contenders) await load(folder, pins, contender, flows)
  }
  const measured = new Map(cells.map((cell) => [JSON.stringify(cell), [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const cell of cells) {
      const nanoseconds = await measure(folder, pins, cell)
      /* the first round warms up and fills the maps */
      if (round > 0) measured.get(JSON.stringify(cell))?.push(nanoseconds)
    }
  }
  const of = (cell: Cell): Spread => spread(measured.get(JSON.stringify(cell)) ?? [])
  console.log(
    `ns a packet (64-byte TCP, the harness included), minimum / median of ${ROUNDS} rounds of ${PACKETS} packets`,
  )
  const header = ['', '', ...FLOWS.map((flows) => `${flows} flow${flows === 1 ? '' : 's'}`)]
  const lines = sides.flatMap((cpus) => rows(cpus, of))
  console.log(columns(header, lines))
}

await main()
