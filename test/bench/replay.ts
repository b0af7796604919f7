// SPDX-License-Identifier: Apache-2.0
/* Packets a second of `replay` beside a C program that only reads the capture with libpcap. */
import { spawnSync } from 'node:child_process'
import { rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { columns } from '../../src/commands/columns.ts'
import { must } from '../support/command.ts'
import { packageRoot } from '../support/root.ts'
import { realTime } from './support/real-time.ts'
import { scratch } from './support/scratch.ts'
import { spread } from './support/spread.ts'
import { writeTraffic } from './support/traffic.ts'

const ROUNDS = 5
const SECONDS = 240
const FRAMES = { many: 8_000_000, few: 2_000_000 } as const
const FRAME_BYTES = 500

/** Wall time of a whole process, start to end, in seconds; throws when it fails. */
function time(command: readonly string[]): number {
  const [file = '', ...args] = realTime(command)
  const start = performance.now()
  const { status, stderr } = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}: ${stderr}`)
  return seconds
}

async function main(): Promise<void> {
  const folder = scratch('bench-replay')
  const { bavail, bsize } = statfsSync(tmpdir())
  const frames = bavail * bsize > 2 * FRAMES.many * FRAME_BYTES ? FRAMES.many : FRAMES.few
  const loop = join(folder, 'pcap-loop')
  const source = join(packageRoot, 'test/bench/pcap-loop.c')
  await must('gcc', '-O2', '-Wall', '-Wextra', '-Werror', source, '-lpcap', '-o', loop)
  const capture = join(folder, 'traffic.pcap')
  const bytes = writeTraffic(capture, frames, SECONDS)
  const replay = [process.execPath, join(packageRoot, 'dist/main.js'), 'replay']
  const contenders: Readonly<Record<string, readonly string[]>> = {
    'pcap_loop, only reading': [loop, capture],
    replay: [...replay, capture],
    'replay --totals': [...replay, '--totals', capture],
  }
  const seconds = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, command] of Object.entries(contenders)) {
      const taken = time(command)
      /* the first round warms the cache */
      if (round > 0) seconds.get(name)?.push(taken)
    }
  }
  rmSync(capture)
  const spreads = [...seconds].map(([name, taken]) => ({ name, ...spread(taken) }))
  const reading = spreads[0]?.median ?? Number.NaN
  const rows = spreads.map(({ name, minimum, median }) => [
    name,
    `${minimum.toFixed(3)} / ${median.toFixed(3)} s`,
    `${(frames / median / 1e6).toFixed(2)} Mpps`,
    (reading / median).toFixed(2),
  ])
  console.log(
    `${frames} frames, ${(bytes / 1e9).toFixed(2)} GB, ${SECONDS} s of traffic, warm cache; whole processes, ${ROUNDS} rounds`,
  )
  const header = ['', 'minimum / median', 'at the median', 'speed against pcap_loop']
  console.log(columns(header, rows))
}

await main()
