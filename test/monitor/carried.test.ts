// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { Notes } from '../../src/capture/pins/notes.ts'
import { carriedCounts } from '../../src/monitor/carried.ts'
import { createMonitor } from '../../src/monitor/monitor.ts'
import { createMemory } from '../../src/monitor/state/memory.ts'
import { heldNotes } from '../support/held-notes.ts'
import { counted, options, TRAFFIC } from './made.ts'

function started(notes: Notes, periods: readonly number[] = [1]) {
  const carried = carriedCounts(
    () => notes,
    () => undefined,
  )
  const made = options({ statistics: [TRAFFIC] })
  const memory = createMemory(made.spot)
  const observe = createMonitor({ ...made, detectorOf: carried.detectorOf(memory.detectorOf) })
  return {
    carried,
    see(packets: number) {
      const samples = observe(counted(0, packets))
      const [sample] = periods.flatMap((each) => carried.carry(samples, each))
      return { windows: sample?.windows ?? 0, tails: sample?.status?.tails ?? [] }
    },
  }
}

t.test('counts never fall from one process to the next', async (t) => {
  const { reopened } = heldNotes()
  const before = { windows: 0, excesses: 0 }
  let value = 1
  for (let process = 0; process < 5; process++) {
    const { see, carried } = started(reopened())
    t.equal(carried.before('TRAFFIC', 1)?.windows ?? 0, before.windows, 'known before a window')
    for (let i = 0; i < 2000; i++) {
      value = (value * 48_271) % 2_147_483_647
      const { windows, tails } = see(value % 1000)
      t.equal(windows, ++before.windows)
      const excesses = tails.reduce((sum, tail) => sum + tail.excesses, 0)
      if (excesses < before.excesses) t.fail(`${excesses} after ${before.excesses}`)
      before.excesses = excesses
    }
  }
  t.ok(before.excesses > 20, `${before.excesses} excesses`)
})

t.test('what a process did not live to see goes on in the one after it', async (t) => {
  const { reopened } = heldNotes()
  started(reopened(), [10]).see(1)
  started(reopened(), [1]).see(1)
  const { carried } = started(reopened())
  t.equal(carried.before('TRAFFIC', 10)?.windows, 1)
  t.equal(carried.before('TRAFFIC', 1)?.windows, 1)
})
