// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { type WindowPlace, windowOf } from '../../src/counters/window.ts'
import { createWatchdog } from '../../src/guard/watchdog.ts'
import { loadCatalog } from '../../src/native/binding.ts'

/** Publishes windows at these times and gives what was logged. */
async function logged(
  windows: readonly (Partial<WindowPlace> & { at: number; source?: string })[],
) {
  const lines: string[] = []
  let clock = 0
  const dog = createWatchdog({ warn: (line) => void lines.push(line), now: () => clock })
  for (const { at, source = 'eth0', ...place } of windows) {
    clock = at
    const counts = {
      slots: new BigUint64Array(),
      distinct: new Float64Array(),
      clocks: new BigUint64Array(),
      lost: 0n,
    }
    const whole = { start: new Date(0), seconds: 1, period: 1, ...place }
    const window = windowOf(loadCatalog(), counts, whole)
    await dog.publish({ source, window, samples: [] })
  }
  return lines
}

t.test('late windows are told of, once a minute', async (t) => {
  t.same(await logged([{ at: 0, lateness: 0.1 }, { at: 1 }]), [])
  const lines = await logged([
    { at: 0, lateness: 0.25 },
    { at: 1, lateness: 0.5 },
    { at: 2, lateness: 0.5 },
    { at: 61, lateness: 0.75 },
  ])
  t.equal(lines.length, 2)
  t.match(lines[0], /^eth0: a window of 1 s was cut 0\.250 s late:/)
  t.match(lines[1], /0\.750 s late, and 2 since the last such line/)
  t.same(await logged([{ at: 0, lateness: 0.5, period: 10, seconds: 10 }]), [], '5 % of the period')
})

t.test('a step of the clock is one line, however many interfaces there are', async (t) => {
  const back = { seconds: -3600, suspended: false }
  const lines = await logged([
    { at: 10, step: back },
    { at: 10.4, step: back, source: 'eth1' },
    { at: 100, step: { seconds: 3600.04, suspended: false } },
    { at: 200, step: { seconds: 90, suspended: true } },
  ])
  t.same(
    lines.map((line) => line.split(':')[0]),
    [
      'the clock was set back by 3600.0 s',
      'the clock was set forward by 3600.0 s',
      'the machine was suspended for 90.0 s',
    ],
  )
})
