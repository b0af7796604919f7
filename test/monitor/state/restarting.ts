// SPDX-License-Identifier: Apache-2.0
/* A program that restarts from a directory of snapshots and writes new ones without end; arguments: the directory. */
import { argv, stdout } from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { openNodeMemory } from '../../../src/monitor/state/node-memory.ts'
import { draw } from '../../spot/streams.ts'
import { named, OPTIONS, SPOT } from './learned.ts'

const NAMES = Array.from({ length: 40 }, (_, index) => `S${index}`)

const [, , directory = ''] = argv
const memory = await openNodeMemory({
  directory,
  interval: 0,
  interfaces: ['eth0'],
  spot: SPOT,
  info: () => undefined,
  warn: (line) => stdout.write(`warn ${line}\n`),
})
const detectors = NAMES.flatMap((name) => {
  const detector = memory.detectorOf('eth0')?.(named(name), OPTIONS, 1)
  return detector ? [detector] : []
})
const values = detectors.map((each) => each.status().values)
/* all learned the same: what was restored is of one moment */
stdout.write(
  `restored ${memory.standing()?.restored} ${Math.min(...values)} ${Math.max(...values)}\n`,
)

memory.begin()
const next = draw.gaussian((values[0] ?? 0) + 1)
let written: Date | undefined
let sure = values[0] ?? 0
for (;;) {
  const value = next()
  const before = detectors[0]?.status().values ?? 0
  for (const each of detectors) each.judge(value)
  await turn()
  const standing = memory.standing()
  if (standing?.written === written) continue
  written = standing?.written
  /* this snapshot was taken after the one before had been written */
  stdout.write(`written ${sure}\n`)
  sure = before
}
