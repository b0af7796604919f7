// SPDX-License-Identifier: Apache-2.0
import type { AddedSums } from '../counters/added-sums.ts'
import type { Catalog } from '../counters/catalog.ts'
import type { Reading } from '../counters/reading.ts'
import { type Window, type WindowPlace, windowBetween } from '../counters/window.ts'
import { CaptureError } from '../errors.ts'
import type { Addon, Handle } from '../native/binding.ts'
import { alignedStart, type Clock, machineClock, momentOf, waitUntil } from './clock.ts'
import type { GroupSpec, GroupTable } from './group-table.ts'
import { type HandleReader, handleReader } from './handle-reader.ts'
import type { Feeder } from './libpcap.ts'
import type { LiveSource, Mode, Pinned, Shed } from './source.ts'
import type { Transmit } from './transmit.ts'

/** What a live source is made of. */
export interface LiveParts {
  readonly addon: Addon
  readonly catalog: () => Catalog
  readonly name: string
  readonly ifindex: number
  readonly mode: Mode
  readonly handle: Handle
  /** Closed with the source; undefined where packets come by themselves. */
  readonly feeder?: Feeder | undefined
  /** What is transmitted, if that is counted; closed with the source. */
  readonly transmit?: Transmit | undefined
  readonly openGroup: (spec: GroupSpec) => GroupTable
  /** Counted beside the core's; closed with the source. */
  readonly added?: readonly AddedSums[]
  /** The machine's unless given. */
  readonly clock?: Clock
  readonly pinned?: Pinned | undefined
  /** Whether it has counted before: that belongs to no window of this process. */
  readonly goesOn?: boolean
}

/** A source that counts on its own and is read by the clock; owns the handles. */
export function liveSource(parts: LiveParts): LiveSource {
  const { addon, catalog, name, ifindex, mode, handle, transmit, openGroup, added = [] } = parts
  const { clock = machineClock, pinned } = parts
  const handles = transmit ? [handle, transmit.handle] : [handle]
  const feeders = [parts.feeder, transmit?.feeder]
  const reader = directions(
    handleReader(addon, handle, added, parts.feeder?.lost),
    transmit && handleReader(addon, transmit.handle, [], transmit.feeder?.lost),
  )
  let before: Reading | undefined
  /* what was counted since the process before ended goes with this cut */
  const cutOff = parts.goesOn ? reader.cut() : undefined
  let opened = momentOf(clock)
  let shed: Shed = 0
  let shedMost: Shed = 0

  /** Ends the window that was opened; a busy program may be late by a little. */
  async function close(
    place: { milliseconds: number } & Pick<WindowPlace, 'period' | 'lateness' | 'step'>,
  ): Promise<Window> {
    const { milliseconds, ...rest } = place
    const without = shedMost
    shedMost = shed
    const start = new Date(opened.wall)
    const after = await reader.cut()
    const seconds = Math.max(milliseconds, 1) / 1000
    const window = windowBetween(catalog(), before, after, {
      ...rest,
      start,
      seconds,
      ...(without !== 0 && { shed: without }),
    })
    before = after
    return window
  }

  return {
    name,
    mode,
    ...(transmit && { transmit: transmit.mode }),
    get catalog() {
      return catalog()
    },
    look: reader.look,
    openGroup,
    pinned,
    load() {
      const loads = handles.map((each) => {
        const load = new BigUint64Array(3)
        addon.readLoad(each, load)
        return Array.from(load, Number)
      })
      const sum = (at: number): number => loads.reduce((total, load) => total + (load[at] ?? 0), 0)
      const places = loads.reduce((all, load) => all | (load[2] ?? 0), 0)
      return {
        packets: sum(0),
        nanoseconds: sum(1),
        filters: places % 2 === 1,
        groups: places > 1,
      }
    },
    shed(what) {
      shed = what
      if (what > shedMost) shedMost = what
      for (const each of handles) addon.shed(each, what)
    },
    async *windows(period, signal) {
      before ??= await cutOff
      const milliseconds = Math.round(period * 1000)
      let end = alignedStart(opened.wall, period) + milliseconds
      let gone = false
      let failure: string | undefined
      for (let last = opened; ; ) {
        const { now, step } = await waitUntil(clock, end, last, signal)
        last = now
        gone = addon.interfaceIndex(name) !== ifindex
        failure = feeders.map((each) => each?.failure()).find(Boolean)
        if (signal.aborted || gone || failure) break
        if (step) {
          /* the window ends where the clock left it, as long as it truly was */
          yield await close({ milliseconds: now.monotonic - opened.monotonic, period, step })
          opened = now
          end = alignedStart(now.wall, period) + milliseconds
          continue
        }
        /* after a stall the window ends at the last boundary that has passed */
        const due = Math.max(end, alignedStart(now.wall, period))
        const lateness = (now.wall - end) / 1000
        yield await close({ milliseconds: due - opened.wall, period, lateness })
        opened = { ...now, wall: due, monotonic: now.monotonic - (now.wall - due) }
        end = due + milliseconds
      }
      const rest = momentOf(clock).monotonic - opened.monotonic
      yield await close({ milliseconds: rest, period })
      if (signal.aborted) return
      if (gone) throw new CaptureError('INTERFACE_GONE', `${name}: the interface has vanished.`)
      throw new CaptureError('INTERFACE_DOWN', `${name}: ${failure}.`)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(feeders.map((each) => each?.close()))
      for (const each of added) each.close()
      addon.close(handle)
      transmit?.close()
    },
  }
}

/** Reads what is transmitted with what is received. */
function directions(
  received: HandleReader,
  transmitted: HandleReader | undefined,
): Pick<HandleReader, 'look' | 'cut'> {
  if (!transmitted) return received
  return {
    look: () => ({ ...received.look(), transmit: transmitted.look() }),
    async cut() {
      const [reading, transmit] = await Promise.all([received.cut(), transmitted.cut()])
      return { ...reading, transmit }
    },
  }
}
