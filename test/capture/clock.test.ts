// SPDX-License-Identifier: Apache-2.0
import t, { type Test } from 'tap'
import type { Clock } from '../../src/capture/clock.ts'
import { momentOf, stepBetween } from '../../src/capture/clock.ts'
import { liveSource } from '../../src/capture/live.ts'
import { withLongerWindows } from '../../src/capture/longer-windows.ts'
import { groupOpener } from '../../src/capture/open-group.ts'
import type { Window } from '../../src/counters/window.ts'
import { createBucketClock } from '../../src/groups/bucket-clock.ts'
import { loadAddon, loadCatalog } from '../../src/native/binding.ts'
import * as p from '../support/packets.ts'

const addon = loadAddon()
const catalog = loadCatalog()
const HOUR = 3_600_000
const FRAME = p.ethernet(p.TYPE.ipv4, p.ipv4(p.PROTOCOL.tcp, p.tcp(1, 80, p.FLAG.ack)))

/** What happens to a clock at some monotonic milliseconds. */
interface Event {
  readonly at: number
  /** Milliseconds that the wall clock steps by. */
  readonly step?: number
  /** Milliseconds that the machine is suspended for. */
  readonly suspend?: number
  /** Share that the wall clock is fast by from then on. */
  readonly slew?: number
}

/** A clock that runs through time in steps of 100 ms as it is slept on; `tick` is called at each. */
function fakeClock(events: readonly Event[], tick: (now: number) => void): Clock {
  let monotonic = 0
  let wall = 1_700_000_000_300
  let boot = 50_000
  let slew = 0
  const left = [...events]
  const pass = (milliseconds: number): void => {
    monotonic += milliseconds
    boot += milliseconds
    wall += milliseconds * (1 + slew)
    while (left[0] && left[0].at <= monotonic) {
      const { step = 0, suspend = 0, slew: next = slew } = left.shift() ?? {}
      wall += step + suspend
      boot += suspend
      slew = next
    }
    tick(monotonic)
  }
  return {
    wall: () => wall,
    monotonic: () => monotonic,
    boot: () => boot,
    async sleep(milliseconds, signal) {
      for (let slept = 0; slept < milliseconds && !signal.aborted; slept += 100) {
        pass(Math.min(100, milliseconds - slept))
      }
    },
  }
}

/** Counts a packet every 100 ms for so many seconds while the clock does what it does. */
async function windowsUnder(t: Test, seconds: number, events: readonly Event[]) {
  const handle = addon.openFrames(1, 14, 1n)
  const stop = new AbortController()
  let sent = 0
  const clock = fakeClock(events, (now) => {
    addon.countFrame(handle, 0, FRAME, FRAME.length, 0, 0)
    sent++
    if (now >= seconds * 1000) stop.abort()
  })
  await using source = liveSource({
    addon,
    catalog: () => catalog,
    name: 'lo',
    ifindex: addon.interfaceIndex('lo'),
    mode: 'packet-socket',
    handle,
    openGroup: groupOpener('lo', addon, handle),
    clock,
  })
  const all: Window[] = []
  for await (const window of withLongerWindows(source, [1, 10]).windows(1, stop.signal)) {
    all.push(window)
  }
  const base = all.filter(({ period }) => period === 1)
  const total = base.reduce((sum, window) => sum + window.value('PKTS'), 0)
  t.equal(total, sent, `${sent} packets, each in one window`)
  t.ok(
    base.every((window) => window.seconds > 0 && window.seconds <= 2.2),
    'none is endless',
  )
  const length = base.reduce((sum, window) => sum + window.seconds, 0)
  const long = all.filter(({ period }) => period === 10)
  const inLong = long.reduce((sum, window) => sum + window.value('PKTS'), 0)
  t.ok(inLong <= sent && inLong >= sent - 150, `${inLong} of them in ${long.length} longer windows`)
  t.ok(
    long.every((window) => window.seconds > 0 && window.seconds < 11),
    'none of which is endless',
  )
  return { base, long, length, steps: base.flatMap(({ step }) => step ?? []) }
}

for (const [what, step] of [
  ['forward', HOUR],
  ['back', -HOUR],
  ['back by less than a longer window', -4000],
  ['forward by a little more than slewing does', 700],
] as const) {
  t.test(`the clock is set ${what}`, async (t) => {
    const { base, length, steps } = await windowsUnder(t, 60, [{ at: 20_450, step }])
    t.ok(Math.abs(length - 60) < 0.2, `${length} s of windows in 60 s`)
    t.equal(steps.length, 1)
    t.match(steps[0], { suspended: false })
    t.ok(Math.abs((steps[0]?.seconds ?? 0) * 1000 - step) < 50, `by ${steps[0]?.seconds} s`)
    const at = base.findIndex((window) => window.step)
    t.ok((base[at]?.seconds ?? 9) < 1.2, 'cut short just then')
    const rest = base.slice(at + 2, -1)
    t.ok(rest.length >= 35)
    t.ok(
      rest.every(({ start, seconds }) => start.getTime() % 1000 === 0 && seconds === 1),
      'those behind it are aligned and whole',
    )
  })
}

t.test('the clock is set back and forth', async (t) => {
  const { steps, length } = await windowsUnder(t, 60, [
    { at: 10_250, step: -HOUR },
    { at: 30_250, step: HOUR },
    { at: 31_000, step: HOUR },
    { at: 45_000, step: -HOUR },
  ])
  t.equal(steps.length, 4)
  t.ok(Math.abs(length - 60) < 0.3, `${length} s`)
})

t.test('a suspended machine', async (t) => {
  const { steps, length } = await windowsUnder(t, 40, [{ at: 15_250, suspend: 8 * HOUR }])
  t.match(steps, [{ suspended: true }])
  t.ok(Math.abs(length - 40) < 0.2, 'the time asleep is in no window')
})

t.test('a clock that is adjusted little by little steps nowhere', async (t) => {
  const { steps, base } = await windowsUnder(t, 120, [
    { at: 5000, slew: 0.08 },
    { at: 60_000, slew: -0.08 },
  ])
  t.same(steps, [])
  t.ok(base.slice(1, -1).every(({ seconds }) => seconds === 1))
})

t.test('a reading that was held up is made again', async (t) => {
  let reads = 0
  const clock = fakeClock([], () => undefined)
  const held: Clock = { ...clock, monotonic: () => (reads++ === 1 ? 500 : 0) }
  t.match(momentOf(held), { monotonic: 0 })
  const moment = { wall: 0, monotonic: 0, boot: 0 }
  t.equal(stepBetween(moment, { wall: 10_900, monotonic: 10_000, boot: 10_000 }), undefined)
})

t.test('a bucket ends where the clock is set back', async (t) => {
  const buckets = createBucketClock(60, false)
  const window = (start: number, seconds = 1) => ({ start: new Date(start), seconds })
  for (let at = 0; at < 30; at++) t.notOk(buckets.add(window(HOUR + at * 1000)))
  t.same(buckets.add(window(29_000, 0.5)), { start: HOUR, counted: 30_500, full: false })
  t.notOk(buckets.add(window(30_000)), 'and the next begins')
  for (let at = 31; at < 59; at++) t.notOk(buckets.add(window(at * 1000)))
  t.match(buckets.add(window(59_000)), { start: 30_000, counted: 30_000, full: false })
  for (let at = 60; at < 119; at++) t.notOk(buckets.add(window(at * 1000)))
  t.same(buckets.add(window(119_000)), { start: 60_000, counted: 60_000, full: true })
})
